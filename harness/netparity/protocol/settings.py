"""What a run compares: weights, images, machine and settings."""

from __future__ import annotations

from typing import Literal

from netparity.protocol.base import Frozen

SEQUENTIAL_REQUESTED = "--schedule sequential"
"""The `schedule_reason` of a run for which this was asked."""


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
    every ratio's interval is narrow enough or `budget_seconds` are spent. `same_within` is the
    largest relative difference in time that is called the same.

    With `repeats` None, the number of timed predictions is chosen in every round from what the
    processes cost. With the schedule `interleaved`, the processes of a round take turns;
    `schedule_reason` says why some or all rounds were not run so.

    `named_runners` are the runners that were asked for by name, so that they have to be available;
    None in runs that were stored before version 1.0.
    """

    layers: list[str]
    rounds: int
    repeats: int | None
    warmup: int
    threads: int
    timeout_seconds: float
    order_seed: int
    ratio_reference: str | None = None
    same_within: float = 0.05
    floor_factor: float | None = None
    max_relative_l2: float | None = None
    atol: float | None = None
    rtol: float | None = None
    command: list[str] = []
    named_runners: list[str] | None = None
    precision: float | None = None
    budget_seconds: float | None = None
    affinity: list[int] = []
    memory_limit_bytes: int | None = None
    schedule: Literal["interleaved", "sequential"] = "sequential"
    schedule_reason: str | None = None
