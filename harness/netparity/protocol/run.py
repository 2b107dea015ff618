"""run.json: what is stored and published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, computed_field

from netparity.protocol.base import Frozen, InputKind
from netparity.protocol.records import FeatureFile, RunnerRecord
from netparity.protocol.settings import Image, Machine, Settings, Weights
from netparity.protocol.timing import HardwareLimit, LayerTiming, TimingEntry, WallClock

Verdict = Literal["identical", "pass", "reduced-precision", "divergent", "inconclusive", "error"]
Arithmetic = Literal["tf32", "bfloat16", "float16", "fast-math"]


class FloorEntry(Frozen):
    """What float32 rounding alone does to one layer; `parity.floor.LayerFloor` has the meanings."""

    feature: str
    relative_l2: float
    ulp: float | None = None
    bound: float | None = None


class NoiseFloor(Frozen):
    """The floor of every layer for one input tensor.

    `labels` names the runners that made this tensor from the image; empty for the shared one.
    """

    input: InputKind
    labels: list[str] = []
    passes: int
    layers: list[FloorEntry]


class LocalError(Frozen):
    """The error that a layer adds: its error given this runner's own activation of layer `since`.

    `floor` is the noise floor of the layers in between, on that activation.
    """

    since: str
    relative_l2: float | None
    floor: float
    verdict: Verdict
    arithmetic: Arithmetic | None = None


class ParityEntry(Frozen):
    """How far one feature of `label` is from the same feature of `against`.

    `against` is `reference` (the float64 pass over the same input: the shared one, or the tensor
    that this runner made from the image) or another label. `parity.metrics.Metrics` says what
    each number is; None where a value is undefined.
    """

    label: str
    against: str
    input: InputKind
    feature: str
    verdict: Verdict
    note: str | None = None
    identical_to: list[str] = []
    arithmetic: Arithmetic | None = None
    floor: float | None = None
    local: LocalError | None = None
    count: int | None = None
    nan: int = 0
    inf: int = 0
    relative_l2: float | None
    rms: float | None = None
    max_abs: float | None
    max_abs_at: list[int] | None = None
    max_relative: float | None = None
    ulp_50: float | None = None
    ulp_99: float | None = None
    ulp_100: float | None = None
    snr_db: float | None = None
    cosine_distance: float | None
    spearman: float | None = None
    sign_flips: float | None = None
    relu_flips: float | None = None
    top1: float | None = None
    top5: float | None = None


class PreprocessingFeature(Frozen):
    """The effect of a runner's preprocessing on one feature, computed by the reference.

    `relative_l2` is the distance between the feature of the runner's own tensor and that of the
    shared one; `explained_by_resize` is the share of its square that the detected resize explains.
    """

    feature: str
    relative_l2: float | None
    explained_by_resize: float | None = None


class Preprocessing(Frozen):
    """A runner's own input tensor compared with the shared one.

    Attributes:
        resize: the resize that reproduces the tensor best, in words.
        mistakes: keys of the known mistakes in it (`diagnosis.mistakes`).
        or_mistakes: alternatives that explain the tensor equally well.
        exact: whether resize and mistakes reproduce the tensor to float32 rounding.
        left_max_abs: the largest difference that they do not explain, in grey levels.
        rms: root mean square difference, in grey levels.
        stages: the same by stage (decode, grey, resize, mean).
        difference_image: a picture of the stages, relative to the run's folder.
    """

    label: str
    resize: str | None = None
    grey: str | None = None
    mistakes: list[str] = []
    or_mistakes: list[list[str]] = []
    exact: bool = False
    left_max_abs: float | None = None
    remark: str | None = None
    rms: float | None = None
    stages: dict[str, float] = {}
    features: list[PreprocessingFeature] = []
    difference_image: str | None = None


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
        """The first image; most runs have only one."""
        return self.images[0]

    def with_runner(self, label: str, changes: Mapping[str, Any]) -> Run:
        """A copy of the run with the record of one runner changed."""
        runners = [
            record.model_copy(update=changes) if record.label == label else record
            for record in self.runners
        ]
        return self.model_copy(update={"runners": runners})
