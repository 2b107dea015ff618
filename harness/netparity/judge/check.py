"""Features from elsewhere, judged and diagnosed without running any tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.diagnosis import Search
from netparity.errors import UsageError
from netparity.features import (
    Found,
    NamedFeatures,
    as_found,
    named,
    read_features,
    read_named,
)
from netparity.features.tensors import real_numbers
from netparity.judge import doubt, misfit, per_image
from netparity.judge.checked import Check
from netparity.judge.checks import Checks, as_json
from netparity.judge.held_images import of_given_images
from netparity.judge.layout import LABEL, is_arithmetic_alone, judge_readings, one_of_many
from netparity.judge.other_inputs import other_inputs
from netparity.judge.several import check_several
from netparity.judge.subject import Images, Stated, Subject, network_with_weights, subject_of
from netparity.judge.time_limit import BUDGET_SECONDS, LEAST_PART, TimeLimit, time_limit
from netparity.networks import Layer, Network, Node
from netparity.networks.ops.base import Array
from netparity.parity import ReferencePass, Rule, Truth
from netparity.protocol.lazy import MOST_BYTES, Remembering
from netparity.watch import SILENT, Watch
from netparity.weights import other_weight_sets
from netparity.weights.model import default_features

Features = str | Path | npt.ArrayLike | Mapping[str, npt.ArrayLike]

__all__ = ["Check", "Checks", "as_json", "assert_parity", "check"]


def check(
    features: Features,
    *,
    model: str | Path | None = None,
    weights: str | Path | None = None,
    map_file: str | Path | None = None,
    image: Images | None = None,
    tensor: str | Path | npt.ArrayLike | None = None,
    feature: str | None = None,
    preprocessing: Stated = None,
    variable: str | None = None,
    column: int | None = None,
    before_activation: bool = False,
    max_relative_l2: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    diagnose: bool = True,
    budget_seconds: float = BUDGET_SECONDS,
    other_weights: Sequence[str] = (),
    watch: Watch = SILENT,
) -> Check | Checks:
    """Judge features against the float64 reference, and diagnose them if they fail.

    Args:
        features: a file (.npy, .npz, .mat, .h5, .csv, .json), or the values as an array, lists or
            any framework's tensor, in any usual order of the axes. Several at once are a mapping of
            layer name to values, a file whose arrays are called like layers, or a folder of .npy.
        model: a network's name (vgg16 by default), or a file that states a network.
        weights: the weights that the features were computed with: `synthetic:SEED` or a file; by
            default those in the model's file.
        map_file: says which layer of the network is which of the weights' file (docs/weights.md).
        image: the image or images that the features were computed from. They are resized as for
            the shared input of a comparison; other resizes are tried if the features diverge.
        tensor: instead of images, the network's input, N x its shape (VGG: N x H x W x 3, RGB, mean
            subtracted).
        feature: the layer, by netparity's name or any tool's. By default every array of a file that
            is called like a layer, or if none is, the first layer that a comparison would take
            (fc6 of VGG).
        preprocessing: what was done to the image before the network's input, where the model's file
            does not say or says something else; `caffe`, `tf`, `torch` or `none`.
        variable: the variable to read from the file.
        column: which of the file's images is the given one, counted from 1, where it holds the
            features of many.
        before_activation: whether the feature is the layer's value before its activation.
        max_relative_l2: largest ||x - r|| / ||r|| that passes, instead of the noise floor.
        atol: with `rtol` instead of the noise floor: |x - r| <= atol + rtol |r|, in its unit.
        rtol: see `atol`.
        diagnose: whether to look for the cause if they fail.
        budget_seconds: how long the whole check may take, approximately.
        other_weights: weights that the features may have been computed with by mistake.
        watch: receives the progress.

    Returns:
        The verdict with every metric; `print` shows it in sentences. Of several features a
        `Checks`: a verdict and a local error for each, and a diagnosis of every faulty layer.

    Raises:
        NetparityError: if an argument cannot be used, or none of several features is called like a
            layer.
    """
    rule = Rule.from_tolerances(max_relative_l2, atol, rtol)
    over = time_limit(budget_seconds)
    network, resolved = network_with_weights(model, weights, preprocessing, watch, map_file)
    several = _several(features, network, feature or variable)
    if isinstance(several, str):
        feature = several
    elif several is not None:
        if before_activation:
            raise UsageError("before_activation is about one feature: name it with feature")
        subject = subject_of(network, resolved, image, tensor)
        several, remarks = of_given_images(several, subject, rule, column)
        return check_several(
            several,
            subject,
            rule,
            remarks=remarks,
            diagnose=diagnose,
            budget_seconds=budget_seconds,
            other_weights=other_weights,
            watch=watch,
        )
    layer = network.layer(feature or default_features(network)[0])
    node = _judged(network, layer, before_activation)
    subject = subject_of(network, resolved, image, tensor)
    if column is None:
        found = _found(features, network, layer, len(subject.images), variable)
    else:
        found = one_of_many(_found(features, network, layer, None, variable), column)
    causes = _Causes(diagnose, over, other_weights, watch)
    return _check_one(found, layer, node, subject, rule, causes)


def assert_parity(features: Features, **settings: Any) -> Check | Checks:
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


@dataclass(frozen=True)
class _Causes:
    """Whether, for how long and where to look for the cause."""

    wanted: bool
    over: TimeLimit
    other_weights: Sequence[str]
    watch: Watch


def _check_one(
    found: Sequence[Found], layer: Layer, node: Node, subject: Subject, rule: Rule, causes: _Causes
) -> Check:
    """One feature in every order of axes that its shape allows."""
    network, images, watch = subject.network, subject.images, causes.watch
    tensors = Remembering(subject.weights.tensors(), MOST_BYTES)
    with watch.task("reference and noise floor"):
        reference = ReferencePass(network, tensors, images, wanted=[node.name])
        wanted = {node.name: reference[node.name]}
        truth = Truth(network, images, wanted, reference.floors, tensors)
    best, entry, remark = judge_readings(found, node, truth, rule)
    entry = entry.model_copy(update={"feature": layer.name})
    judged = per_image.of_reading(best, entry, truth, rule, node.name)
    checked = Check(
        *(network, subject.weights.source, entry, rule, best.orientation, remark), images=judged
    )
    if judged is not None and judged.only_some:
        said = filter(None, [remark, per_image.sentence(judged, subject)])
        checked = replace(checked, remark="\n".join(said))
    if checked.passed or not causes.wanted:
        return checked
    given = np.asarray(best.values)
    if is_arithmetic_alone(checked.entry, node, network, given):
        return _perhaps_input(checked, {node.name: given}, truth, subject, causes)
    if not best.fits and (known := misfit.explained(best.values, layer, subject, rule)) is not None:
        return replace(checked, diagnosis=known)
    if judged is not None and judged.only_some:
        subject = per_image.part_of(subject, judged.wrong)
        given = given[[number - 1 for number in judged.wrong]]
        reference = ReferencePass(network, tensors, subject.images, wanted=[node.name])
        wanted = {node.name: reference[node.name]}
        truth = Truth(network, subject.images, wanted, reference.floors, tensors)
    # The map of one image that fits no layout may lack its border.
    values = {node.name: given[None] if given.ndim == 3 else given}
    return _with_causes(checked, values, truth, subject, causes)


def _perhaps_input(
    checked: Check, values: Mapping[str, Array], truth: Truth, subject: Subject, causes: _Causes
) -> Check:
    """The check of a feature with the error of reduced precision, which may be another input's."""
    [name] = values
    node = truth.network.by_name[name]
    levels = doubt.doubtful_levels(subject, truth, node, checked.entry)
    if levels is None:
        return checked
    part = replace(causes, over=time_limit(max(0.0, causes.over.left) * doubt.PART_OF_BUDGET))
    found = _with_causes(checked, values, truth, subject, part)
    if found.diagnosis is not None and found.diagnosis.concerns_input:
        return found
    said = filter(None, [checked.remark, doubt.sentence(levels)])
    return replace(checked, remark="\n".join(said))


def _with_causes(
    checked: Check,
    values: Mapping[str, Array],
    truth: Truth,
    subject: Subject,
    causes: _Causes,
) -> Check:
    """The check with its diagnosis.

    Args:
        values: node to the feature that failed, of the images that did.
        truth: what it is judged against.
        subject: the network with these images alone.
    """
    network, tensors, watch = subject.network, subject.weights.tensors(), causes.watch
    with watch.task("looking for the cause") as task:
        watch.message(f"{checked.verdict}; looking for the cause")
        search = Search(
            truth,
            checked.rule,
            other_weight_sets(network, subject.weights.sha256, causes.other_weights, watch),
            other_inputs(subject.decoded, network, subject.images, tensors),
            done=task.advance,
            over=causes.over.at_least(LEAST_PART),
            trying=task.flash,
        )
        try:
            return replace(checked, diagnosis=search.diagnose(LABEL, values, task.note))
        except KeyboardInterrupt:
            so_far = replace(checked, diagnosis=search.so_far(LABEL))
            watch.message(f"interrupted; found so far:\n{so_far}")
            raise


def _several(
    features: Features, network: Network, wanted: str | None
) -> NamedFeatures | str | None:
    """Features that are given by name, or those of a file that holds several.

    Returns:
        The name of the layer if a file holds one alone; None if nothing says which it is.

    Raises:
        UsageError: if one is wanted of those that are given by name.
    """
    if isinstance(features, Mapping):
        if wanted is None:
            return named(features, network)
        raise UsageError(
            f"features given by name say themselves which layers they are; leave {wanted!r} out"
        )
    if wanted is not None or not isinstance(features, str | Path):
        return None
    found = read_named(Path(features), network)
    if len(found.features) > 1:
        return found
    return next(iter(found.features), None)


def _judged(network: Network, layer: Layer, before_activation: bool) -> Node:
    """The node whose output the features are."""
    if not before_activation:
        return layer.node
    if layer.activation is None:
        raise UsageError(f"{layer.name} has no activation: leave out before_activation")
    return network.by_name[layer.node.inputs[0]]


def _found(
    features: Features,
    model: Network,
    layer: Layer,
    count: int | None,
    variable: str | None,
) -> list[Found]:
    if isinstance(features, str | Path):
        return read_features(Path(features), model, layer.name, count, variable)
    return as_found(real_numbers(features, "the features"), model, layer.name, count)
