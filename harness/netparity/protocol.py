"""What crosses the process boundary and what is stored: Job, RunResult and Run.

The formats are written three times (here, in `python/extractor.py` and in
`matlab/support/`); the files in `tests/golden/` keep the three in step.

Schema history
    1   first version
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

SCHEMA_VERSION = 1

DataFormat = Literal["channels_last", "channels_first"]
InputKind = Literal["shared", "native"]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]

INPUTS: tuple[InputKind, ...] = ("shared", "native")
PHASES = ("startup", "load", "preprocess", "predict_first", "predict")


class _Frozen(BaseModel):
    """Immutable, and strict about unknown keys so that a typing error cannot pass unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the job: harness to extractor ----------------------------------------------------------


class Architecture(_Frozen):
    """The network, for tools that build it layer by layer."""

    blocks: list[list[int]]
    dense: list[int]
    classes: int
    input_size: list[int]


class WeightsFile(_Frozen):
    """Weights in the tool's own format; `sha256` identifies the numbers, not the file."""

    file: str
    format: str
    sha256: str


class SharedInput(_Frozen):
    """The tensor that every tool is given: float32, N x H x W x C."""

    file: str
    shape: list[int]
    channel_order: Literal["RGB"] = "RGB"
    mean_subtracted: Literal[True] = True


class FeatureRequest(_Frozen):
    """One wanted feature: netparity's name, the tool's layer and the expected shape."""

    name: str
    layer: str
    shape: list[int]


class Job(_Frozen):
    """Everything an extractor is told."""

    schema_version: Literal[1]
    runner: str
    label: str
    model: str
    architecture: Architecture
    weights: WeightsFile
    images: list[str]
    shared_input: SharedInput
    mean_rgb: list[float]
    features: list[FeatureRequest]
    data_format: DataFormat
    threads: int = Field(ge=1)
    warmup: int = Field(ge=0)
    repeats: int = Field(ge=1)
    options: dict[str, str]
    output_dir: str


# --- the result: extractor to harness -------------------------------------------------------


class ExtractorError(_Frozen):
    """Why an extractor failed, in its own words."""

    kind: str
    message: str
    where: str | None = None


class ArrayFile(_Frozen):
    """A `.npy` file in the job's output folder, by bare name."""

    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.npy$")
    shape: list[int]


class Threads(_Frozen):
    """Threads asked for, and those the tool says it uses (None where it cannot say)."""

    requested: int
    found: int | None = None


class RunResult(_Frozen):
    """What one extractor process did. `started` left behind means that the process died."""

    schema_version: Literal[1]
    status: Literal["started", "ok", "failed"]
    error: ExtractorError | None = None
    ready_unix_seconds: Annotated[float, Field(allow_inf_nan=False)] | None = None
    phases: dict[str, list[Seconds]] = {}
    features: dict[InputKind, dict[str, ArrayFile]] = {}
    native_input: ArrayFile | None = None
    code: str | None = None
    versions: dict[str, str] = {}
    data_format: str | None = None
    threads: Threads
    blas: str | None = None
    flags: dict[str, str] = {}


# --- the run: what is stored and published --------------------------------------------------


class Weights(_Frozen):
    """Which numbers were used: `synthetic` or `file`, their hash, and where they came from."""

    kind: Literal["synthetic", "file"]
    sha256: str
    source: str


class Image(_Frozen):
    """An input image as it was found; `size` is width and height in pixels."""

    file: str
    sha256: str
    mode: str
    size: tuple[int, int]
    notes: list[str] = []


class Machine(_Frozen):
    """What the run ran on."""

    cpu: str
    cpus_available: int
    memory_bytes: int
    system: str
    python: str


class Settings(_Frozen):
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


class Round(_Frozen):
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


class FeatureFile(_Frozen):
    """A stored feature; `file` is relative to the run's folder, `sha256` is over the values."""

    file: str
    shape: list[int]
    sha256: str


class RunnerRecord(_Frozen):
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


Verdict = Literal["pass", "divergent", "inconclusive", "error"]


class ParityEntry(_Frozen):
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


class TimingEntry(_Frozen):
    """One phase of one runner over all its processes; seconds."""

    label: str
    phase: str
    median_seconds: Seconds
    min_seconds: Seconds
    max_seconds: Seconds
    values: list[Seconds]
    ratio_to_reference: float | None = None


class WallClock(_Frozen):
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


class Run(_Frozen):
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


def json_schemas() -> dict[str, Any]:
    """JSON Schema (2020-12) of every format that another program may read or write."""
    return {
        "job.json": Job.model_json_schema(),
        "result.json": RunResult.model_json_schema(),
        "run.json": Run.model_json_schema(mode="serialization"),
    }
