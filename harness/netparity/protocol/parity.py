"""The part of run.json about agreement: noise floors, comparisons and the runners' own inputs."""

from __future__ import annotations

from typing import Literal

from netparity.protocol.base import Frozen, InputKind

Verdict = Literal["identical", "pass", "reduced-precision", "divergent", "inconclusive", "error"]
Arithmetic = Literal[
    "tf32",
    "tf32-convolutions",
    "bfloat16",
    "bfloat16-products",
    "bfloat16-stored",
    "bfloat16x3",
    "float16",
    "float16-stored",
    "mixed-bfloat16",
    "mixed-float16",
    "winograd",
    "fast-math",
]
"""Kinds of reduced precision; `parity.precisions` describes and simulates them."""


class FloorEntry(Frozen):
    """What float32 rounding alone does to one layer; `parity.floor.LayerFloor` defines the fields.

    Attributes:
        feature: the layer's name.
    """

    feature: str
    relative_l2: float
    ulp: float | None = None
    bound: float | None = None


class NoiseFloor(Frozen):
    """The floor of every layer for one input tensor.

    Attributes:
        labels: the runners that made this tensor from the image; empty for the shared input.
        passes: number of float32 passes that were measured.
    """

    input: InputKind
    labels: list[str] = []
    passes: int
    layers: list[FloorEntry]


class LocalError(Frozen):
    """A layer's own error: its output against the reference applied to the runner's own input.

    Attributes:
        since: the layer whose activation, as the runner computed it, was the input; or `input`.
        floor: what float32 rounding does to the layers in between on that activation.
    """

    since: str
    relative_l2: float | None
    floor: float
    verdict: Verdict
    arithmetic: Arithmetic | None = None
    or_arithmetic: list[Arithmetic] = []


class Comparison(Frozen):
    """What was compared with what, and the verdict.

    Attributes:
        label: the runner whose feature is judged.
        against: `reference` (the float64 pass over the same input, which for `native` is the
            tensor that this runner made from the image), or the label of another runner.
        identical_to: labels of the runners whose feature has the same bits.
        arithmetic: the reduced precision that explains the error.
        or_arithmetic: others that explain it as well and cannot be told from it here.
        floor: the layer's noise floor, relative L2.
    """

    label: str
    against: str
    input: InputKind
    feature: str
    verdict: Verdict
    note: str | None = None
    identical_to: list[str] = []
    arithmetic: Arithmetic | None = None
    or_arithmetic: list[Arithmetic] = []
    floor: float | None = None
    local: LocalError | None = None


class Metrics(Frozen):
    """Distances between a feature x and what it is compared with, r, over all n values.

    An undefined value is None, never zero. If any value of x or r is NaN or infinite, or if there
    are no values, only the counts are defined.

    Attributes:
        count: n.
        nan: number of NaN in x.
        inf: number of infinite values in x.
        relative_l2: ||x - r|| / ||r||, Euclidean norms; None if r is zero. Infinite if the
            distance or the ratio exceeds the range of float64.
        rms: root mean square of the differences, ||x - r|| / sqrt(n).
        max_abs: largest |x - r|.
        max_abs_at: first index of it; None if nothing differs.
        max_relative: largest |x - r| / |r| over the values with |r| >= 2^-10 rms(r). A smaller
            value is what cancellation left of a layer's sums, so its relative error is rounding
            divided by almost nothing. None if r is zero.
        ulp_50: median of |x - r| in units in the last place: the spacing of float32 numbers at
            rms(r), one unit for the whole layer because its values come from sums of that
            magnitude. Taken from a histogram, to 0.4 %. None if r is zero or rms(r) is beyond
            float32.
        ulp_99: 99 % quantile of the same, to 0.4 %.
        ulp_100: the largest, exact.
        snr_db: signal-to-noise ratio, 10 log10(||r||^2 / ||x - r||^2), in decibels; None if there
            is no noise (the ratio would be infinite) or no signal.
        cosine_distance: 1 - x.r / (||x|| ||r||), 0 to 2, computed as ||x/||x|| - r/||r|| ||^2 / 2,
            which does not cancel when x and r are nearly parallel (the formula for the angle in
            W. Kahan, Computing Cross-Products and Rotations in 2- and 3-Dimensional Euclidean
            Spaces, section 13). None if x or r is zero.
        spearman: Spearman's rank correlation, -1 to 1, with mean ranks for ties. For more than
            16384 values, a sample of 16384 without replacement, the same for every array of that
            size. None if the sample is constant in x or r.
        sign_flips: share of the n values that are positive in one array and negative in the other.
        relu_flips: share of the n values that are zero in exactly one array.
        top1: share of images whose largest value is at the same index; only for the output.
        top5: mean share of the five largest values at the same indices; only for the output.
    """

    count: int | None = None
    nan: int = 0
    inf: int = 0
    relative_l2: float | None
    rms: float | None = None
    max_abs: float | None
    max_abs_at: tuple[int, ...] | None = None
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


class ParityEntry(Metrics, Comparison):
    """How far one feature of a runner is from the same feature of the reference or another runner.

    The fields of `Comparison` come first in the file, those of `Metrics` follow.
    """


class PreprocessingFeature(Frozen):
    """What a runner's own preprocessing does to one feature, computed by the reference.

    Attributes:
        relative_l2: distance between the feature on the runner's own tensor and on the shared one.
        explained_by_resize: share of that distance, squared, that the detected resize accounts for.
    """

    feature: str
    relative_l2: float | None
    explained_by_resize: float | None = None


class Preprocessing(Frozen):
    """A runner's own input tensor against the shared one.

    Attributes:
        resize: the resize that reproduces the tensor best, in words.
        grey: how colour was converted to grey, in words.
        mistakes: keys of the known mistakes in the tensor (`diagnosis.mistakes`).
        or_mistakes: other sets of mistakes that explain the tensor equally well.
        exact: whether resize and mistakes reproduce the tensor to float32 rounding.
        left_max_abs: largest difference that remains, in grey levels.
        remark: what remains, in words.
        rms: root mean square of the difference to the shared tensor.
        stages: root mean square difference by stage (decode, grey, resize, mean), in grey levels.
        difference_image: picture of the stages, relative to the run's folder.
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
