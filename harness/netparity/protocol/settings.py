"""What a run compares: weights, images, machine and settings."""

from __future__ import annotations

from typing import Literal

from netparity.protocol.base import Frozen


class Weights(Frozen):
    """Which numbers were used: `synthetic` or `file`, their hash and their source."""

    kind: Literal["synthetic", "file"]
    sha256: str
    source: str


class Image(Frozen):
    """An input image as the user gave it; `size` is width and height in pixels.

    `decoded` is a PNG of its pixels as netparity read them, relative to the run's folder.
    """

    file: str
    sha256: str
    mode: str
    size: tuple[int, int]
    notes: list[str] = []
    decoded: str | None = None


class Machine(Frozen):
    """What the run ran on.

    Attributes:
        instructions: the processor's instruction sets that matter for matrix products.
        governors: the processors' frequency governors; empty if the system does not report them.
        load_average: number of processes, averaged over the minute before the run.
    """

    cpu: str
    cpus_available: int
    memory_bytes: int
    system: str
    python: str
    instructions: list[str] = []
    governors: list[str] = []
    load_average: float | None = None


class Settings(Frozen):
    """What was requested. `order_seed` reproduces the shuffled order of the rounds.

    The runs of a sweep are shuffled together and have the same `order_seed`.

    A feature passes within `floor_factor` times its noise floor, unless `max_relative_l2`, `atol`
    or `rtol` replace that rule. With `precision`, `rounds` is a minimum: rounds are added until
    every ratio's interval is narrow enough or `budget_seconds` are spent.
    """

    layers: list[str]
    rounds: int
    repeats: int
    warmup: int
    threads: int
    timeout_seconds: float
    order_seed: int
    ratio_reference: str | None = None
    floor_factor: float | None = None
    max_relative_l2: float | None = None
    atol: float | None = None
    rtol: float | None = None
    command: list[str] = []
    precision: float | None = None
    budget_seconds: float | None = None
    affinity: list[int] = []
    memory_limit_bytes: int | None = None
