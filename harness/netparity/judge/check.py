"""Features that someone else computed, judged and diagnosed without any tool at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.telling import tell
from netparity.errors import InputError, UsageError
from netparity.features import Found, as_found, read_features
from netparity.inputs import DecodedImage, decode, other_tensors, shared_tensor
from netparity.models import MODELS, Layer, Model, model_called
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.protocol import ParityEntry
from netparity.results.folder import read_npy
from netparity.watch import SILENT, Watch
from netparity.weights import other_weight_sets, resolve

Array = npt.NDArray[Any]
Images = str | Path | Sequence[str | Path]

LABEL = "features"


@dataclass(frozen=True)
class Check:
    """How features from outside compare with the reference.

    Attributes:
        model: its name.
        weights: where they came from.
        entry: the verdict with every metric; `entry.floor` is the layer's noise floor.
        rule: what the verdict went by.
        orientation: how the values were laid out, in words.
        remark: what else a reader should know, such as another layout that would agree.
        diagnosis: None if they pass, or if none was asked for.
    """

    model: str
    weights: str
    entry: ParityEntry
    rule: Rule
    orientation: str
    remark: str | None = None
    diagnosis: Diagnosis | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the features."""
        return self.entry.verdict in ("pass", "identical", "inconclusive")

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The outcome in plain sentences."""
        entry, rule = self.entry, self.rule
        said = [f"{entry.feature} of {self.model}, {self.weights}: {entry.verdict}"]
        if entry.note:
            said.append(entry.note)
        if entry.relative_l2 is not None:
            said.append(f"relative L2 error {entry.relative_l2:.2g} against the float64 reference")
        if entry.floor is not None and rule.by_floor:
            said.append(
                f"float32 rounding alone: {entry.floor:.2g}; allowed: {rule.factor:g} times that"
            )
        if not rule.by_floor:
            named = {
                "relative L2": rule.max_relative_l2,
                "atol": rule.atol,
                "rtol": rule.rtol,
            }
            asked = ", ".join(f"{key} {value:g}" for key, value in named.items() if value)
            said.append(f"allowed: {asked or 'no difference'}")
        said.append(f"laid out as {self.orientation}")
        if self.remark:
            said.append(self.remark)
        if self.diagnosis is not None:
            said += tell(self.diagnosis, MODELS[self.model], compared=[self.entry.feature])
        return said


def check(
    features: str | Path | npt.ArrayLike,
    *,
    model: str = "vgg16",
    weights: str = "synthetic:0",
    image: Images | None = None,
    tensor: str | Path | npt.ArrayLike | None = None,
    feature: str = "fc6",
    variable: str | None = None,
    before_activation: bool = False,
    max_relative_l2: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    diagnose: bool = True,
    other_weights: Sequence[str] = (),
    watch: Watch = SILENT,
) -> Check:
    """Judge features against the float64 reference, and say what is wrong with them.

    Args:
        features: a file (.npy, .npz, .mat, .h5, .csv, .json), or the values themselves, in any
            usual order of the axes.
        model: a model that netparity knows.
        weights: what the features were computed with: `synthetic:SEED` or a weight file.
        image: the image or images they were computed from. They are resized as for the shared
            input of a comparison; other resizes are looked for if the features diverge.
        tensor: instead of images, the network's input, N x H x W x 3, RGB, mean subtracted.
        feature: the layer, by its name here or in any tool.
        variable: which variable of the file.
        before_activation: whether the values wanted are those before the layer's activation.
        max_relative_l2: the largest relative L2 error that passes, ||x - r|| / ||r||. It replaces
            the rule of the noise floor, as do `atol` and `rtol`: |x - r| <= atol + rtol |r|.
        diagnose: whether to look for the cause if they fail, which takes seconds to minutes.
        other_weights: weights that the features may have been computed with by mistake.
        watch: who is told how far it is.

    Returns:
        The verdict with every metric; `print` says it in sentences.

    Raises:
        NetparityError: if something given cannot be used.
    """
    rule = Rule.from_tolerances(max_relative_l2, atol, rtol)
    network = model_called(model)
    layer = network.layer(feature)
    base = _base(layer, before_activation)
    decoded = [decode(Path(path)) for path in _listed(image)]
    images = _images(decoded, tensor, network)
    found = _found(features, network, layer, len(images), variable)
    chosen = resolve(weights, network, watch)
    tensors = chosen.tensors()
    with watch.task("reference and noise floor"):
        reference = ReferencePass(network, tensors, images, base=base)
        right = {layer.name: reference[layer.name]}
        truth = Truth(network, images, right, reference.floors, tensors)
    best, entry, remark = _judge(found, layer, truth, rule, local=not before_activation)
    checked = Check(model, chosen.source, entry, rule, best.orientation, remark)
    if checked.passed or not diagnose:
        return checked
    others = other_weight_sets(network, chosen.sha256, other_weights, watch)
    inputs = other_tensors(decoded, network)
    with watch.task("looking for the cause") as task:
        search = Search(truth, rule, others, base, inputs, done=task.advance)
        given = np.asarray(best.values)
        # One image's map that fits no layout may still be one without its border.
        values = {layer.name: given[None] if given.ndim == 3 else given}
        diagnosis = search.diagnose(LABEL, values, task.note)
    return Check(model, chosen.source, entry, rule, best.orientation, remark, diagnosis)


def as_json(checked: Check) -> str:
    """The outcome for another program."""
    document = {
        "passed": checked.passed,
        "model": checked.model,
        "weights": checked.weights,
        "rule": asdict(checked.rule),
        "orientation": checked.orientation,
        "remark": checked.remark,
        "parity": checked.entry.model_dump(mode="json"),
        "diagnosis": None if checked.diagnosis is None else checked.diagnosis.document(),
        "text": checked.lines(),
    }
    return json.dumps(document, indent=1, allow_nan=False)


def assert_parity(features: str | Path | npt.ArrayLike, **settings: Any) -> Check:
    """`check`, for tests: raises if the features do not pass.

    Args:
        features: as for `check`.
        settings: the other arguments of `check`.

    Returns:
        What `check` found.

    Raises:
        AssertionError: with the verdict and the diagnosis in words.
        NetparityError: if something given cannot be used.
    """
    __tracebackhide__ = True  # pytest then shows the line of the user's test
    checked = check(features, **settings)
    if not checked.passed:
        raise AssertionError(str(checked))
    return checked


def _base(layer: Layer, before_activation: bool) -> Mapping[str, Mapping[str, Any]]:
    if not before_activation:
        return {}
    if layer.activation is None:
        raise UsageError(f"{layer.name} has no activation that the feature could be before")
    return {layer.name: {"activation": "none"}}


def _listed(image: Images | None) -> Sequence[str | Path]:
    if image is None:
        return ()
    return [image] if isinstance(image, str | Path) else image


def _images(
    decoded: Sequence[DecodedImage], tensor: str | Path | npt.ArrayLike | None, model: Model
) -> npt.NDArray[np.float32]:
    if bool(decoded) == (tensor is not None):
        raise UsageError("give either the image that the features are of, or the input tensor")
    if tensor is None:
        return shared_tensor(decoded, model)
    values = read_npy(Path(tensor)) if isinstance(tensor, str | Path) else np.asarray(tensor)
    if values.ndim != 4 or values.shape[1:] != (*model.input_size, 3) or len(values) == 0:
        wanted = " x ".join(map(str, ("N", *model.input_size, 3)))
        raise InputError(f"the input tensor has shape {values.shape}; {model.name} takes {wanted}")
    if values.dtype.kind != "f" or not np.isfinite(values).all():
        raise InputError("the input tensor must be of finite floating point values")
    return values.astype(np.float32)


def _found(
    features: str | Path | npt.ArrayLike,
    model: Model,
    layer: Layer,
    count: int,
    variable: str | None,
) -> list[Found]:
    if isinstance(features, str | Path):
        return read_features(Path(features), model, layer.name, count, variable)
    return as_found(np.asarray(features), model, layer.name, count)


def _judge(
    found: Sequence[Found], layer: Layer, truth: Truth, rule: Rule, local: bool
) -> tuple[Found, ParityEntry, str | None]:
    """The verdict on the most natural layout, and a word if another would agree."""
    entries = []
    for one in found:
        values = {LABEL: {layer.name: np.asarray(one.values)}}
        [entry] = compare_features("shared", values, {LABEL: truth}, rule, local=local)
        entries.append(entry)
        if entry.verdict in ("pass", "inconclusive"):
            break
    first, last = entries[0], entries[-1]
    if first is last or last.verdict not in ("pass", "inconclusive"):
        return found[0], first, None
    other = found[len(entries) - 1]
    remark = (
        f"read as {found[0].orientation} they would diverge (relative L2 {first.relative_l2:.2g})"
        if first.relative_l2 is not None
        else None
    )
    return other, last, remark
