"""run.json: what is stored and published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from netparity.protocol.base import Frozen, InputKind, Seconds
from netparity.protocol.parity import NoiseFloor, ParityEntry, Preprocessing
from netparity.protocol.result import Clock, Threads


class Weights(Frozen):
    """Which numbers were used: `synthetic` or `file`, their hash, and where they came from."""

    kind: Literal["synthetic", "file"]
    sha256: str
    source: str


class Image(Frozen):
    """An input image as it was found; `size` is width and height in pixels.

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
        instructions: those of the processor's instruction sets that matter to matrix products.
        governors: of the processors' frequencies; none where the system does not say.
        load_average: over the last minute before the run, in processes.
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
    """What was asked for. `order_seed` reproduces the shuffled order of the rounds.

    A feature passes within `floor_factor` times its noise floor, unless `max_relative_l2`, `atol`
    or `rtol` replace that rule. With `precision`, `rounds` is the least number: more follow until
    every ratio's interval is that narrow or `budget_seconds` are spent.
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


class Calibration(Frozen):
    """Seconds of a fixed load (`timing.calibration`) just before a process: the machine's state."""

    multiply_seconds: Seconds
    copy_seconds: Seconds


class Round(Frozen):
    """One process of one runner.

    Attributes:
        order: its place in the round, from 1.
        log_tail: the log's last lines if it failed.
        clock: of the extractor's process.
        calibration: of the machine just before it.
        wasted_seconds: of a process before it that does not count, as it filled a cache.
        layers: seconds from the input to each layer, with `--per-layer`.
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
    clock: Clock | None = None
    calibration: Calibration | None = None
    wasted_seconds: Seconds = 0.0
    layers: dict[str, list[Seconds]] = {}


class FeatureFile(Frozen):
    """A stored feature; `file` is relative to the run's folder, `sha256` is over the values."""

    file: str
    shape: list[int]
    sha256: str


class RunnerRecord(Frozen):
    """Everything about one runner in a run.

    Attributes:
        colour: the runner's in plots and on the page; None in runs stored before there was one.
    """

    label: str
    runner: str
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] | None = None
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


TimingVerdict = Literal["faster", "slower", "no difference shown", "inconclusive"]


class TimingEntry(Frozen):
    """One phase of one runner over all its processes; seconds.

    Attributes:
        median_seconds: median of each process, geometric mean over the processes.
        interval_seconds: 95 % interval of that; None for a single process.
        quantiles_seconds: 5, 25, 75 and 95 % of all values.
        outliers: round and place (from 0) of values that are marked; they take part all the same.
        ratio_to_reference: from the rounds that both have; None for a runner that failed parity.
        ratio_interval: its 95 % interval.
        verdict: of the test, corrected for the number of runners; None for the reference itself.
        least_difference: relative, what these rounds would have shown in four cases of five.
    """

    label: str
    phase: str
    median_seconds: Seconds
    interval_seconds: tuple[Seconds, Seconds] | None = None
    min_seconds: Seconds
    max_seconds: Seconds
    mad_seconds: Seconds | None = None
    quantiles_seconds: tuple[Seconds, Seconds, Seconds, Seconds] | None = None
    values: list[Seconds]
    processes: int = 0
    outliers: list[tuple[int, int]] = []
    ratio_to_reference: float | None = None
    ratio_interval: tuple[float, float] | None = None
    verdict: TimingVerdict | None = None
    p_value: float | None = None
    least_difference: float | None = None


class LayerTiming(Frozen):
    """One layer of one runner, over all its processes; only with `--per-layer`.

    Attributes:
        up_to_seconds: from the input to this layer: median of each process, geometric mean.
        own_seconds: what it adds to the layer before; below 0 where noise is larger than that.
        limit_seconds: that it needs at the machine's rates (`HardwareLimit`).
    """

    label: str
    layer: str
    up_to_seconds: Seconds
    own_seconds: float
    flops: int
    limit_seconds: Seconds | None = None


class HardwareLimit(Frozen):
    """What this machine could do at best in `predict` (`timing.roofline`).

    Attributes:
        flops: of all layers up to the last feature, for all images.
        flops_per_second: of single-precision matrix products, as measured beside the processes.
        bytes_per_second: of copies in memory, likewise.
        seconds: that the layers need at these rates.
    """

    flops: int
    flops_per_second: float
    bytes_per_second: float
    seconds: Seconds


class WallClock(Frozen):
    """Where the time of the run itself went; seconds.

    `preparation_seconds` is what came before the reference: imports, checks, and what is made
    only once (environments, weights). `reference_seconds` includes the noise floor's passes.
    """

    total_seconds: Seconds
    preparation_seconds: Seconds
    reference_seconds: Seconds
    extractor_seconds: Seconds
    parity_seconds: Seconds = 0.0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def harness_share(self) -> float:
        """Share of the whole spent outside the extractors, the reference passes and the judging."""
        own = self.total_seconds - self.extractor_seconds
        own -= self.reference_seconds + self.parity_seconds
        return max(0.0, own) / self.total_seconds if self.total_seconds > 0 else 0.0


class Run(Frozen):
    """One invocation of `netparity compare`, as stored in `run.json`."""

    schema_version: Literal[1, 2, 3]
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
    noise_floors: list[NoiseFloor] = []
    runners: list[RunnerRecord]
    parity: list[ParityEntry] = []
    preprocessing: list[Preprocessing] = []
    timing: list[TimingEntry] = []
    warnings: list[str] = []
    cautions: list[str] = []
    limit: HardwareLimit | None = None
    layer_timing: list[LayerTiming] = []
    wall: WallClock | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def image(self) -> Image:
        """The first image: the only one of most runs."""
        return self.images[0]

    def with_runner(self, label: str, changes: Mapping[str, Any]) -> Run:
        """The run with one runner's record changed."""
        runners = [
            record.model_copy(update=changes) if record.label == label else record
            for record in self.runners
        ]
        return self.model_copy(update={"runners": runners})
