"""run.json: what is stored and published."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, computed_field

from netparity.protocol.base import Frozen, InputKind, Seconds
from netparity.protocol.result import Threads


class Weights(Frozen):
    """Which numbers were used: `synthetic` or `file`, their hash, and where they came from."""

    kind: Literal["synthetic", "file"]
    sha256: str
    source: str


class Image(Frozen):
    """An input image as it was found; `size` is width and height in pixels."""

    file: str
    sha256: str
    mode: str
    size: tuple[int, int]
    notes: list[str] = []


class Machine(Frozen):
    """What the run ran on."""

    cpu: str
    cpus_available: int
    memory_bytes: int
    system: str
    python: str


class Settings(Frozen):
    """What was asked for. `order_seed` reproduces the shuffled order of the rounds."""

    layers: list[str]
    rounds: int
    repeats: int
    warmup: int
    threads: int
    timeout_seconds: float
    order_seed: int
    ratio_reference: str | None = None
    max_relative_l2: float
    command: list[str] = []


class Round(Frozen):
    """One process of one runner.

    `order` is its place in the round, from 1; `log_tail` are the log's last lines if it failed.
    """

    round: int
    order: int
    status: Literal["ok", "failed"]
    reason: str | None = None
    phases: dict[str, list[Seconds]] = {}
    peak_rss_bytes: int | None = None
    wall_seconds: Seconds
    log: str
    log_tail: list[str] = []


class FeatureFile(Frozen):
    """A stored feature; `file` is relative to the run's folder, `sha256` is over the values."""

    file: str
    shape: list[int]
    sha256: str


class RunnerRecord(Frozen):
    """Everything about one runner in a run."""

    label: str
    runner: str
    options: dict[str, str] = {}
    status: Literal["pending", "ok", "failed", "unavailable"]
    reason: str | None = None
    fix: str | None = None
    code: str | None = None
    versions: dict[str, str] = {}
    data_format: str | None = None
    threads: Threads | None = None
    blas: str | None = None
    flags: dict[str, str] = {}
    rounds: list[Round] = []
    features: dict[InputKind, dict[str, FeatureFile]] = {}
    native_input: FeatureFile | None = None
    repeatable: bool | None = None

    @property
    def peak_rss_bytes(self) -> int | None:
        """The largest peak of its processes; None if none was measured."""
        peaks = [round_.peak_rss_bytes for round_ in self.rounds if round_.peak_rss_bytes]
        return max(peaks, default=None)


Verdict = Literal["pass", "divergent", "inconclusive", "error"]


class ParityEntry(Frozen):
    """How far one feature of `label` is from the same feature of `against`.

    `against` is `reference` (the float64 pass over the shared input) or another label.
    """

    label: str
    against: str
    input: InputKind
    feature: str
    relative_l2: float | None
    max_abs: float | None
    cosine_distance: float | None
    verdict: Verdict
    note: str | None = None


class TimingEntry(Frozen):
    """One phase of one runner over all its processes; seconds."""

    label: str
    phase: str
    median_seconds: Seconds
    min_seconds: Seconds
    max_seconds: Seconds
    values: list[Seconds]
    ratio_to_reference: float | None = None


class WallClock(Frozen):
    """Where the time of the run itself went; seconds.

    `preparation_seconds` is what came before the reference: imports, checks, and what is made
    only once (environments, weights).
    """

    total_seconds: Seconds
    preparation_seconds: Seconds
    reference_seconds: Seconds
    extractor_seconds: Seconds

    @computed_field  # type: ignore[prop-decorator]
    @property
    def harness_share(self) -> float:
        """Share of the whole spent outside the extractors and the reference pass."""
        own = self.total_seconds - self.extractor_seconds - self.reference_seconds
        return max(0.0, own) / self.total_seconds if self.total_seconds > 0 else 0.0


class Run(Frozen):
    """One invocation of `netparity compare`, as stored in `run.json`."""

    schema_version: Literal[1]
    netparity_version: str
    run_id: str
    started: str
    finished: str | None = None
    interrupted: bool = False
    model: str
    weights: Weights
    images: list[Image] = Field(min_length=1)
    machine: Machine
    settings: Settings
    reference_features: dict[str, FeatureFile] = {}
    runners: list[RunnerRecord]
    parity: list[ParityEntry] = []
    timing: list[TimingEntry] = []
    warnings: list[str] = []
    wall: WallClock | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def image(self) -> Image:
        """The first image: the only one of most runs."""
        return self.images[0]
