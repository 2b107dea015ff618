"""What features are judged against: computed as it is read, layer by layer."""

from __future__ import annotations

import numpy as np
import pytest

from netparity.networks.ops.base import How
from netparity.parity import ORDERS, ReferencePass, Truth, forward
from netparity.parity.floor import reference_with_floor
from netparity.parity.passes import INPUT, input_values, run_segment, segment_before
from netparity.parity.truth import in_order
from netparity.weights.synthetic import make
from tests.support.cases import NANO, SMALL, input_tensor, mistakes_in, random_tensors

WEIGHTS = make(SMALL, 6)
IMAGES = input_tensor(SMALL, 2, 6)
NAMES = [it.name for it in SMALL.layers]
REFERENCE = forward(SMALL, WEIGHTS, IMAGES, frozenset(NAMES))


def names(layers) -> list[str]:
    return [it.name for it in layers]


def between(since: str, name: str) -> list[str]:
    """The layers from an activation, without it, to a layer."""
    return names(node for node in segment(since, name).nodes if not node.inner)


def segment(since: str, name: str):
    return segment_before(SMALL, {since}, SMALL.node(name))


# --- layers of a network --------------------------------------------------------------------


def test_layers_between_two_activations() -> None:
    assert between(INPUT, "conv1_1") == ["conv1_1"]
    assert names(segment(INPUT, "conv1_1").nodes) == ["conv1_1_linear", "conv1_1"]
    assert between("pool1", "pool2") == ["conv2_1", "conv2_2", "pool2"]
    assert between(INPUT, "prob") == NAMES
    assert between("fc4", "prob") == ["prob"]
    assert segment("fc4", "prob").frontier == ("fc4",)
    # From the activation before it: a node is never computed from itself.
    assert between("fc4", "fc4") == NAMES[: NAMES.index("fc4") + 1]
    assert (segment(INPUT, "fc4").since, segment("pool1", "fc4").since) == (INPUT, "pool1")
    assert segment(INPUT, "fc4").from_input and not segment("pool1", "fc4").from_input


def test_layers_in_the_networks_order() -> None:
    assert names(in_order(SMALL, ["prob", "conv2_1", "conv1_1", "no such"])) == [
        "conv1_1",
        "conv2_1",
        "prob",
    ]


@pytest.mark.parametrize("since", [INPUT, *NAMES[:-1]])
def test_layers_run_in_a_row_are_the_network(since: str) -> None:
    double = IMAGES.astype(np.float64)
    given = input_values(SMALL, double) if since == INPUT else {since: REFERENCE[since]}
    found = run_segment(segment(since, "prob"), WEIGHTS, given)
    np.testing.assert_array_equal(found, REFERENCE["prob"])


def test_layers_in_a_row_are_computed_as_stated_and_leave_their_input() -> None:
    x = REFERENCE["pool1"].copy()
    layers = dict.fromkeys(["conv2_1", "conv2_2", "fc3"], ("bias-missing",))
    changes, given = mistakes_in(SMALL, layers), {"pool1": x}
    with_bias = run_segment(segment("pool1", "fc3"), WEIGHTS, given)
    without = run_segment(segment("pool1", "fc3"), WEIGHTS, given, changes=changes)
    assert np.abs(with_bias - without).max() > 1e-3
    np.testing.assert_array_equal(x, REFERENCE["pool1"])


# --- computed while it is read --------------------------------------------------------------


def test_the_pass_is_the_reference_with_its_floors() -> None:
    reference = ReferencePass(SMALL, WEIGHTS, IMAGES)
    for it, x, floor in reference_with_floor(SMALL, WEIGHTS, IMAGES):
        np.testing.assert_array_equal(reference[it.name], x)
        np.testing.assert_array_equal(reference[it.name], REFERENCE[it.name])
        assert reference.layer_floors[it.name] == floor
        assert reference.floors[it.name] == floor.relative_l2
    assert list(reference.floors) == NAMES


def test_layers_that_nobody_asks_for_are_passed_over_with_their_floors() -> None:
    reference = ReferencePass(SMALL, WEIGHTS, IMAGES)
    np.testing.assert_array_equal(reference["fc3"], REFERENCE["fc3"])
    assert list(reference.floors) == NAMES[: NAMES.index("fc3") + 1]
    np.testing.assert_array_equal(reference["prob"], REFERENCE["prob"])


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    reference = ReferencePass(SMALL, WEIGHTS, IMAGES)
    assert (list(reference), len(reference)) == (NAMES, len(NAMES))
    assert "prob" in reference
    assert "fc9" not in reference
    assert reference.get("fc9") is None
    with pytest.raises(KeyError):
        reference["fc9"]
    assert reference.floors == {}


def test_a_layer_asked_for_again_is_not_computed_again() -> None:
    reference = ReferencePass(SMALL, WEIGHTS, IMAGES)
    assert reference["conv2_1"] is reference["conv2_1"]
    assert reference["prob"] is reference["prob"]


def test_a_truth_learns_its_floors_as_its_reference_is_read() -> None:
    truth = ReferencePass.truth(SMALL, WEIGHTS, IMAGES)
    assert isinstance(truth, Truth)
    assert (truth.network, truth.weights) == (SMALL, WEIGHTS)
    np.testing.assert_array_equal(truth.images, IMAGES)
    assert truth.floors.get("conv1_1") is None
    truth.reference["conv1_1"]
    assert truth.floors["conv1_1"] >= 2.0**-24


def test_other_orders_make_other_floors() -> None:
    weights, images = random_tensors(NANO), input_tensor(NANO)
    floors = []
    for orders in (ORDERS, (How(operands="bfloat16"),)):
        truth = ReferencePass.truth(NANO, weights, images, orders)
        truth.reference["conv1_1"]
        floors.append(truth.floors["conv1_1"])
    # An operand of bfloat16 is off by up to 2^-8 of itself, one of float32 by 2^-24.
    assert floors[1] > 1000 * floors[0]
