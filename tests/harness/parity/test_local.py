"""A fault is attributed to the layer that causes it, not to those that inherit it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from netparity.networks import Network
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops.base import How
from netparity.parity import ReferencePass, Rule, Truth, compare_features
from netparity.parity.floor import reference_with_floor
from netparity.parity.local import LocalJudge, first_faulty, is_faulty
from netparity.protocol import LocalError
from netparity.weights.synthetic import make
from tests.support.cases import SMALL, input_tensor, numpy_runner

WEIGHTS = make(SMALL, 4)
IMAGES = input_tensor(SMALL, 2, 4)
NAMES = [it.name for it in SMALL.layers]
CONVOLUTIONS = [it.name for it in SMALL.layers if it.kind == "conv"]


def truth_of(model: Network, weights, images, with_weights: bool = True) -> Truth:
    found = [(it.name, x, f) for it, x, f in reference_with_floor(model, weights, images)]
    return Truth(
        model,
        images,
        {name: x for name, x, _ in found},
        {name: floor.relative_l2 for name, _, floor in found},
        weights if with_weights else None,
    )


TRUTH = truth_of(SMALL, WEIGHTS, IMAGES)


def locals_of(features, truth: Truth = TRUTH) -> dict[str, LocalError | None]:
    """Layer name to its own error, over all layers that the runner has."""
    judge = LocalJudge(truth, Rule())
    return {
        it.name: judge.judge(it, features[it.name], truth.reference[it.name])
        for it in truth.network.features
        if it.name in features
    }


def faulty(errors) -> list[str]:
    return [name for name, local in errors.items() if is_faulty(local)]


def runner(**mistakes: Sequence[str]):
    return numpy_runner(SMALL, WEIGHTS, IMAGES, mistakes=mistakes)


def test_a_sound_runner_has_no_faulty_layer() -> None:
    errors = locals_of(runner())
    assert [local.verdict for local in errors.values()] == ["pass"] * len(NAMES)
    assert [local.since for local in errors.values()] == ["input", *NAMES[:-1]]
    assert first_faulty(errors) is None


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("key", ["kernels-rotated", "bias-missing", "relu-missing"])
def test_a_fault_is_local_where_it_is_made_and_inherited_after(name: str, key: str) -> None:
    features = runner(**{name: (key,)})
    errors = locals_of(features)
    assert faulty(errors) == [name]
    assert first_faulty(errors) == name
    entries = list(compare_features("shared", {"a": features}, {"a": TRUTH}, Rule()))
    verdicts = {entry.feature: entry.verdict for entry in entries}
    at = NAMES.index(name)
    assert set(list(verdicts.values())[:at]) <= {"pass"}
    assert set(list(verdicts.values())[at:]) == {"divergent"}
    assert [entry.local.verdict for entry in entries] == [e.verdict for e in errors.values()]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_layer_can_be_the_faulty_one(name: str) -> None:
    features = runner()
    wrong = dict(features)
    wrong[name] = wrong[name][..., ::-1].copy()
    errors = locals_of(wrong)
    assert name in faulty(errors)
    assert first_faulty(errors) == name
    # The layer after it is given what was handed out, so it looks faulty too: it had the other.
    assert set(faulty(errors)) <= {name, *NAMES[NAMES.index(name) + 1 : NAMES.index(name) + 2]}


def test_further_faulty_layers_are_found_behind_the_first() -> None:
    features = runner(
        conv1_1=("kernels-rotated",), conv2_2=("bias-missing",), pool2=("pool-average",)
    )
    assert faulty(locals_of(features)) == ["conv1_1", "conv2_2", "pool2"]


def test_a_fault_in_the_middle_of_a_deep_network_is_found_there() -> None:
    weights, images = make(VGG16_TINY, 0), input_tensor(VGG16_TINY)
    mistakes = {"conv4_2": ("kernels-transposed",)}
    features = numpy_runner(VGG16_TINY, weights, images, mistakes=mistakes)
    assert faulty(locals_of(features, truth_of(VGG16_TINY, weights, images))) == ["conv4_2"]


def test_a_local_error_is_that_of_the_layer_on_the_runners_own_activation() -> None:
    features = runner(conv1_1=("kernels-rotated",), fc3=("bias-missing",))
    [own] = [local for name, local in locals_of(features).items() if name == "fc3"]
    kernel = WEIGHTS["fc3.kernel"].astype(np.float64).reshape(-1, 16)
    sums = features["pool2"].reshape(2, -1) @ kernel + WEIGHTS["fc3.bias"]
    right = np.maximum(sums, 0)
    expected = np.linalg.norm(features["fc3"] - right) / np.linalg.norm(right)
    assert own.relative_l2 == pytest.approx(expected, rel=1e-12)
    assert 2.0**-24 <= own.floor < 1e-5


# --- layers that are left out ---------------------------------------------------------------


@pytest.mark.parametrize(
    "kept", [["fc3", "fc4"], ["conv1_1", "prob"], ["pool1", "conv2_2", "fc4"], ["prob"]], ids=str
)
def test_layers_may_be_left_out(kept: list[str]) -> None:
    features = {name: x for name, x in runner().items() if name in kept}
    errors = locals_of(features)
    assert [local.since for local in errors.values()] == ["input", *kept[:-1]]
    assert faulty(errors) == []


def test_the_fault_of_a_layer_that_is_left_out_shows_in_the_next_one() -> None:
    features = runner(conv2_1=("kernels-rotated",))
    kept = {name: features[name] for name in ("conv1_1", "conv2_2", "fc3")}
    errors = locals_of(kept)
    assert faulty(errors) == ["conv2_2"]
    assert errors["conv2_2"].since == "conv1_1"


def test_a_first_layer_is_held_against_the_reference_itself() -> None:
    features = {"fc4": runner(conv1_1=("bias-missing",))["fc4"]}
    [own] = locals_of(features).values()
    [entry] = compare_features("shared", {"a": features}, {"a": TRUTH}, Rule())
    assert own.relative_l2 == pytest.approx(entry.relative_l2, rel=1e-12)
    assert own.floor == TRUTH.floors["fc4"]


# --- values that cannot be used -------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_after_a_bad_value_the_last_usable_activation_is_given(bad: float) -> None:
    features = runner()
    features["conv2_1"] = features["conv2_1"].copy()
    features["conv2_1"][0, 0, 0, 0] = bad
    errors = locals_of(features)
    assert errors["conv2_1"].verdict == "error"
    assert errors["conv2_1"].relative_l2 is None
    assert errors["conv2_2"].since == "pool1"
    assert errors["conv2_2"].verdict == "pass"
    assert faulty(errors) == ["conv2_1"]


def test_a_network_whose_every_value_is_nan() -> None:
    features = {name: np.full_like(x, np.nan) for name, x in runner().items()}
    errors = locals_of(features)
    assert {(local.verdict, local.since) for local in errors.values()} == {("error", "input")}
    assert first_faulty(errors) == "conv1_1"


def test_a_layer_of_another_shape_is_passed_over() -> None:
    features = runner()
    features["conv2_1"] = features["conv2_1"][:, :-1]
    found = {
        entry.feature: entry
        for entry in compare_features("shared", {"a": features}, {"a": TRUTH}, Rule())
    }
    assert (found["conv2_1"].verdict, found["conv2_1"].local) == ("error", None)
    assert found["conv2_2"].local.since == "pool1"
    assert found["conv2_2"].local.verdict == "pass"


def test_an_activation_of_nothing_but_zeros_can_be_judged_from() -> None:
    features = runner()
    dead = {**features, "conv2_1": np.zeros_like(features["conv2_1"])}
    errors = locals_of(dead)
    assert faulty(errors)[0] == "conv2_1"
    assert errors["conv2_1"].relative_l2 == 1


def test_values_that_overflow_float32_on_the_way_are_judged_all_the_same() -> None:
    features = runner()
    features["conv2_2"] = features["conv2_2"] * np.float32(1e35)
    with np.errstate(all="ignore"):
        errors = locals_of(features)
    assert "conv2_2" in faulty(errors)
    assert all(np.isfinite(local.floor) for local in errors.values())


# --- weights that are not at hand -----------------------------------------------------------


def test_without_weights_only_the_first_layer_can_be_judged() -> None:
    bare = truth_of(SMALL, WEIGHTS, IMAGES, with_weights=False)
    errors = locals_of(runner(conv1_1=("bias-missing",)), bare)
    assert errors["conv1_1"].verdict == "divergent"
    assert {local for name, local in errors.items() if name != "conv1_1"} == {None}


# --- reduced precision ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precision", "name"), [("tf32", "tf32"), ("bfloat16", "bfloat16-products")]
)
def test_reduced_precision_is_named_layer_by_layer_and_as_a_verdict(precision, name) -> None:
    weights, images = make(VGG16_TINY, 2), input_tensor(VGG16_TINY, 1, 2)
    features = numpy_runner(VGG16_TINY, weights, images, How(operands=precision))
    truth = ReferencePass.truth(VGG16_TINY, weights, images)
    entries = list(compare_features("shared", {"a": features}, {"a": truth}, Rule()))
    assert {entry.verdict for entry in entries} == {"reduced-precision"}
    assert {entry.arithmetic for entry in entries} == {name}
    summing = [entry for entry in entries if not entry.feature.startswith("pool")]
    assert {entry.local.verdict for entry in summing} == {"reduced-precision"}
    assert {entry.local.arithmetic for entry in summing} == {name}
    pools = [entry for entry in entries if entry.feature.startswith("pool")]
    assert {entry.local.verdict for entry in pools} == {"pass"}


def test_a_mistake_beside_reduced_precision_is_a_divergence_from_there_on() -> None:
    weights, images = make(VGG16_TINY, 2), input_tensor(VGG16_TINY, 1, 2)
    mistakes = {"conv3_2": ("kernels-rotated",)}
    features = numpy_runner(VGG16_TINY, weights, images, How(operands="tf32"), mistakes)
    truth = ReferencePass.truth(VGG16_TINY, weights, images)
    entries = list(compare_features("shared", {"a": features}, {"a": truth}, Rule()))
    at = [entry.feature for entry in entries].index("conv3_2")
    assert {entry.verdict for entry in entries[:at]} == {"reduced-precision"}
    assert {entry.verdict for entry in entries[at:]} == {"divergent"}
    assert {entry.arithmetic for entry in entries[at:]} == {None}


def test_a_divergence_that_no_layer_makes_alone_is_said_to_grow() -> None:
    """Every layer within its local floor, and the sum of them beyond that of the whole."""
    features = runner()
    strict = Truth(SMALL, IMAGES, TRUTH.reference, {**TRUTH.floors, "prob": 2.0**-40}, WEIGHTS)
    [*_, last] = compare_features("shared", {"a": features}, {"a": strict}, Rule())
    assert last.verdict == "divergent"
    assert last.note == "no layer is faulty on its own: the error grows from layer to layer"


# --- runners that agree bit for bit ---------------------------------------------------------


def test_identical_runners_are_judged_alike() -> None:
    features = runner(conv2_1=("kernels-rotated",))
    runners = {"a": features, "b": runner(), "c": {name: x.copy() for name, x in features.items()}}
    entries = compare_features("shared", runners, dict.fromkeys(runners, TRUTH), Rule())
    found = {(e.label, e.feature): e.local for e in entries if e.against == "reference"}
    for name in NAMES:
        assert found["c", name] == found["a", name]
    assert [name for name in NAMES if is_faulty(found["b", name])] == []
    assert [name for name in NAMES if is_faulty(found["c", name])] == ["conv2_1"]


def test_runners_that_part_at_a_layer_are_judged_each_for_itself_from_there() -> None:
    one, other = runner(), runner(fc3=("bias-missing",))
    runners = {"a": one, "b": other}
    entries = compare_features("shared", runners, dict.fromkeys(runners, TRUTH), Rule())
    found = {(e.label, e.feature): e for e in entries if e.against == "reference"}
    assert found["b", "pool2"].identical_to == ["a"]
    assert [name for name in NAMES if is_faulty(found["a", name].local)] == []
    assert [name for name in NAMES if is_faulty(found["b", name].local)] == ["fc3"]
