"""Features from elsewhere, judged and diagnosed without running any tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.diagnosis import Search
from netparity.errors import UsageError
from netparity.features import Found, as_found, read_features
from netparity.inputs import DecodedImage, check_tensor, decode, other_tensors, prepare
from netparity.inputs.given import Given, with_given
from netparity.judge.checked import Check, as_json
from netparity.networks import Layer, Network, Node, Preprocessing
from netparity.networks.input_size import parse_input_size
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.protocol import ParityEntry
from netparity.results.folder import read_npy
from netparity.watch import SILENT, Watch
from netparity.weights import other_weight_sets
from netparity.weights.model import Model, default_features, resolve_model

Array = npt.NDArray[Any]
Images = str | Path | Sequence[str | Path]

LABEL = "features"

__all__ = ["Check", "as_json", "assert_parity", "check"]


def check(
    features: str | Path | npt.ArrayLike,
    *,
    model: str | None = None,
    weights: str | None = None,
    image: Images | None = None,
    tensor: str | Path | npt.ArrayLike | None = None,
    feature: str | None = None,
    preprocessing: Preprocessing | Given | str | None = None,
    variable: str | None = None,
    before_activation: bool = False,
    max_relative_l2: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    diagnose: bool = True,
    other_weights: Sequence[str] = (),
    watch: Watch = SILENT,
) -> Check:
    """Judge features against the float64 reference, and diagnose them if they fail.

    Args:
        features: a file (.npy, .npz, .mat, .h5, .csv, .json), or the values themselves, in any
            usual order of the axes.
        model: a network's name (vgg16 by default), or a file that states a network.
        weights: the weights that the features were computed with: `synthetic:SEED` or a file; by
            default those in the model's file.
        image: the image or images that the features were computed from. They are resized as for
            the shared input of a comparison; other resizes are tried if the features diverge.
        tensor: instead of images, the network's input, N x its shape (VGG: N x H x W x 3, RGB, mean
            subtracted).
        feature: the layer, by netparity's name or any tool's; by default the first that a
            comparison would take (fc6 of VGG).
        preprocessing: what was done to the image before the network's input, where the model's file
            does not say or says something else; `caffe`, `tf`, `torch` or `none`.
        variable: the variable to read from the file.
        before_activation: whether the feature is the layer's value before its activation.
        max_relative_l2: largest relative L2 error that passes, ||x - r|| / ||r||. It replaces
            the noise floor, as do `atol` and `rtol`: |x - r| <= atol + rtol |r|.
        diagnose: whether to look for the cause if they fail, which takes seconds to minutes.
        other_weights: weights that the features may have been computed with by mistake.
        watch: receives the progress.

    Returns:
        The verdict with every metric; `print` shows it in sentences.

    Raises:
        NetparityError: if an argument cannot be used.
    """
    rule = Rule.from_tolerances(max_relative_l2, atol, rtol)
    stated = _given(preprocessing)
    size = parse_input_size(stated.input_size)
    resolved = resolve_model(model, weights, watch, size, lambda each: with_given(each, stated))
    network = resolved.network
    if isinstance(preprocessing, Preprocessing):
        network = replace(network, inputs=(replace(network.image, preprocessing=preprocessing),))
    layer = network.layer(feature or default_features(network)[0])
    node = _judged(network, layer, before_activation)
    decoded = [decode(Path(path)) for path in _image_list(image)]
    images = _images(decoded, tensor, network, resolved)
    found = _found(features, network, layer, len(images), variable)
    chosen = resolved.weights
    tensors = chosen.tensors()
    with watch.task("reference and noise floor"):
        reference = ReferencePass(network, tensors, images, wanted=[node.name])
        wanted = {node.name: reference[node.name]}
        truth = Truth(network, images, wanted, reference.floors, tensors)
    best, entry, remark = _judge(found, node, truth, rule)
    entry = entry.model_copy(update={"feature": layer.name})
    checked = Check(network, chosen.source, entry, rule, best.orientation, remark)
    if checked.passed or not diagnose:
        return checked
    others = other_weight_sets(network, chosen.sha256, other_weights, watch)
    inputs = other_tensors(decoded, network, images)
    with watch.task("looking for the cause") as task:
        search = Search(truth, rule, others, inputs, done=task.advance)
        given = np.asarray(best.values)
        # The map of one image that fits no layout may lack its border.
        values = {node.name: given[None] if given.ndim == 3 else given}
        diagnosis = search.diagnose(LABEL, values, task.note)
    return Check(network, chosen.source, entry, rule, best.orientation, remark, diagnosis)


def assert_parity(features: str | Path | npt.ArrayLike, **settings: Any) -> Check:
    """`check`, for tests: raises if the features do not pass.

    Args:
        features: as for `check`.
        settings: the other arguments of `check`.

    Returns:
        What `check` found.

    Raises:
        AssertionError: with the verdict and the diagnosis in sentences.
        NetparityError: if an argument cannot be used.
    """
    __tracebackhide__ = True  # pytest then shows the line of the user's test
    checked = check(features, **settings)
    if not checked.passed:
        raise AssertionError(str(checked))
    return checked


def _given(preprocessing: Preprocessing | Given | str | None) -> Given:
    if isinstance(preprocessing, str):
        return Given(preprocess=preprocessing)
    return preprocessing if isinstance(preprocessing, Given) else Given()


def _judged(network: Network, layer: Layer, before_activation: bool) -> Node:
    """The node whose output the features are."""
    if not before_activation:
        return layer.node
    if layer.activation is None:
        raise UsageError(f"{layer.name} has no activation: leave out before_activation")
    return network.by_name[layer.node.inputs[0]]


def _image_list(image: Images | None) -> Sequence[str | Path]:
    if image is None:
        return ()
    return [image] if isinstance(image, str | Path) else image


def _images(
    decoded: Sequence[DecodedImage],
    tensor: str | Path | npt.ArrayLike | None,
    model: Network,
    resolved: Model,
) -> npt.NDArray[np.float32]:
    if bool(decoded) == (tensor is not None):
        raise UsageError(
            "give either the image or the input tensor of the features, not both or neither"
        )
    if tensor is None:
        given = model.image.preprocessing
        subtracts_image = given is not None and given.mean_image is not None
        tensors = resolved.weights.tensors() if subtracts_image else None
        return prepare(decoded, model, tensors)
    values = read_npy(Path(tensor)) if isinstance(tensor, str | Path) else np.asarray(tensor)
    return check_tensor(values, model)


def _found(
    features: str | Path | npt.ArrayLike,
    model: Network,
    layer: Layer,
    count: int,
    variable: str | None,
) -> list[Found]:
    if isinstance(features, str | Path):
        return read_features(Path(features), model, layer.name, count, variable)
    return as_found(np.asarray(features), model, layer.name, count)


def _judge(
    found: Sequence[Found], node: Node, truth: Truth, rule: Rule
) -> tuple[Found, ParityEntry, str | None]:
    """The verdict on the most usual layout, or on the first that agrees, with a remark."""
    entries = []
    for layout in found:
        values = {LABEL: {node.name: np.asarray(layout.values)}}
        [entry] = compare_features("shared", values, {LABEL: truth}, rule)
        entries.append(entry)
        if entry.verdict in ("pass", "inconclusive"):
            break
    first, last = entries[0], entries[-1]
    if first is last or last.verdict not in ("pass", "inconclusive"):
        return found[0], first, None
    agreeing = found[len(entries) - 1]
    remark = (
        f"read as {found[0].orientation} they would diverge (relative L2 {first.relative_l2:.2g})"
        if first.relative_l2 is not None
        else None
    )
    return agreeing, last, remark
