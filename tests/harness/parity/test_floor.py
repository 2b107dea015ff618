"""The noise floor is what differently ordered float32 sums do, and no more than theory allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netparity.networks import Network
from netparity.networks.catalogue.vgg import VGG16_TINY, vgg
from netparity.networks.ops.base import RIGHT, How
from netparity.networks.rounding import UNIT_ROUNDOFF
from netparity.parity import ORDERS, ReferencePass, Rule, compare_features, reference_with_floor
from netparity.parity.floor import OneLayerAtATime, gamma, in_ulp, relative_l2
from netparity.parity.passes import input_values, run_nodes, run_segment, segment_before
from netparity.weights.synthetic import make
from tests.support.cases import SMALL, computed, input_tensor, numpy_runner
from tests.support.single_layers import apply_layer, single_layer

WEIGHTS = make(SMALL, 1)
IMAGES = input_tensor(SMALL, 2)
FLOORS = {it.name: (x, floor) for it, x, floor in reference_with_floor(SMALL, WEIGHTS, IMAGES)}
SUMMING = [it for it in SMALL.parametric_layers if it.activation == "relu"]


# --- the passes -----------------------------------------------------------------------------


def test_the_first_value_is_the_reference_itself() -> None:
    for name, x in computed(SMALL, WEIGHTS, IMAGES.astype(np.float64)).items():
        np.testing.assert_array_equal(FLOORS[name][0], x)
        assert FLOORS[name][0].dtype == np.float64
    assert list(FLOORS) == [it.name for it in SMALL.layers]


def test_the_floor_is_the_worst_of_the_passes_and_one_rounding_at_least() -> None:
    runs = [numpy_runner(SMALL, WEIGHTS, IMAGES, how) for how in ORDERS]
    for name, (right, floor) in FLOORS.items():
        errors = [np.linalg.norm(run[name] - right) / np.linalg.norm(right) for run in runs]
        assert floor.relative_l2 == pytest.approx(max(UNIT_ROUNDOFF, *errors), rel=1e-12)


@pytest.mark.parametrize("model", [SMALL, VGG16_TINY], ids=lambda model: model.name)
def test_orders_change_the_rounding_and_not_the_mathematics(model: Network) -> None:
    weights, images = make(model, 3), input_tensor(model)
    double = images.astype(np.float64)
    right = computed(model, weights, double)
    for how in ORDERS:
        for name, x in computed(model, weights, double, how).items():
            assert relative_l2(x, right[name]) < 1e-12, (name, how)


@pytest.mark.parametrize("kind", ["conv", "dense"])
def test_every_order_rounds_otherwise(kind: str) -> None:
    """A sum of 13 channels: a number that no unrolled loop divides."""
    rng = np.random.default_rng(5)
    size = 10 if kind == "conv" else 3
    it = single_layer(kind, (size, size, 13), (3, 3, 13, 20), "relu")
    weights = {
        "it.kernel": rng.normal(0, 1, (3, 3, 13, 20)).astype(np.float32),
        "it.bias": rng.normal(0, 1, 20).astype(np.float32),
    }
    x = rng.normal(0, 1, (2, size, size, 13)).astype(np.float32)
    found = [apply_layer(it, weights, x, how) for how in ORDERS]
    assert len({values.tobytes() for values in found}) == len(ORDERS)


def test_orders_can_be_chosen() -> None:
    one = {
        it.name: floor.relative_l2
        for it, _, floor in reference_with_floor(SMALL, WEIGHTS, IMAGES, ORDERS[:1])
    }
    assert all(one[name] <= floor.relative_l2 for name, (_, floor) in FLOORS.items())
    assert any(one[name] < floor.relative_l2 for name, (_, floor) in FLOORS.items())


# --- theory ---------------------------------------------------------------------------------


@given(st.integers(1, 200_000))
def test_gamma_is_highams_in_exact_arithmetic(terms: int) -> None:
    u = Fraction(1, 2**24)
    exact = terms * u / (1 - terms * u)
    assert abs(Fraction(gamma(terms)) - exact) <= exact * Fraction(4, 2**53)


def test_gamma_is_just_above_so_many_roundings() -> None:
    assert gamma(1) == UNIT_ROUNDOFF / (1 - UNIT_ROUNDOFF)
    assert gamma(27) > 27 * UNIT_ROUNDOFF


def test_the_floor_of_the_first_layer_is_under_the_bound() -> None:
    first = FLOORS[SMALL.layers[0].name][1]
    assert first.bound is not None
    assert UNIT_ROUNDOFF <= first.relative_l2 < first.bound


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), partial_sums=st.sampled_from([None, 1, 7, 48]))
def test_no_order_takes_a_layers_own_error_over_its_bound(seed: int, partial_sums) -> None:
    """Given its float32 input, each layer's sums are off by at most the bound."""
    weights, images = make(SMALL, seed), input_tensor(SMALL, 1, seed)
    floors = {it.name: (x, f) for it, x, f in reference_with_floor(SMALL, weights, images)}
    known = {**input_values(SMALL, images), **numpy_runner(SMALL, weights, images)}

    def alone(segment, kind, how: How = RIGHT):
        given = {name: known[name].astype(kind) for name in segment.frontier}
        return run_segment(segment, weights, given, how)

    for name, (reference, floor) in floors.items():
        if floor.bound is not None:
            segment = segment_before(SMALL, known, SMALL.node(name))
            right = alone(segment, np.float64)
            for how in (*ORDERS, How(partial_sums=partial_sums)):
                error = np.linalg.norm(alone(segment, np.float32, how) - right)
                assert error <= floor.bound * np.linalg.norm(reference)


def test_only_layers_with_a_sum_before_a_relu_have_a_bound() -> None:
    bounded = {name for name, (_, floor) in FLOORS.items() if floor.bound is not None}
    assert bounded == {it.name for it in SUMMING}


def test_the_bound_is_the_formula() -> None:
    """gamma_n || |x| * |k| + |b| || / || r ||, in plain loops for a dense layer."""
    before = numpy_runner(SMALL, WEIGHTS, IMAGES)["fc3"].astype(np.float64)
    kernel = WEIGHTS["fc4.kernel"][0, 0].astype(np.float64)
    bias = WEIGHTS["fc4.bias"].astype(np.float64)
    sums = np.array([[abs(row) @ abs(kernel[:, unit]) for unit in range(12)] for row in before])
    expected = gamma(16 + 1) * np.linalg.norm(sums + abs(bias)) / np.linalg.norm(FLOORS["fc4"][0])
    assert FLOORS["fc4"][1].bound == pytest.approx(expected, rel=1e-5)


# --- degenerate numbers ---------------------------------------------------------------------


def test_a_network_of_nothing_but_zeros_has_one_rounding_for_a_floor() -> None:
    zeros = {name: np.zeros_like(value) for name, value in WEIGHTS.items()}
    for it, right, floor in reference_with_floor(SMALL, zeros, IMAGES):
        assert floor.relative_l2 == UNIT_ROUNDOFF
        if it.op != "softmax":
            assert not right.any()
            assert (floor.ulp, floor.bound) == (None, None)


def test_a_network_that_overflows_float32_still_has_a_reference() -> None:
    huge = {name: value * np.float32(1e15) for name, value in WEIGHTS.items()}
    with np.errstate(all="ignore"):
        found = list(reference_with_floor(SMALL, huge, IMAGES))
    assert len(found) == len(SMALL.layers)
    for _, right, floor in found:
        assert np.isfinite(right).all()
        assert np.isfinite(floor.relative_l2)


def test_relative_l2_of_zeros() -> None:
    zero, one = np.zeros(3), np.array([0.0, 3.0, 4.0])
    assert relative_l2(zero, zero) == 0
    assert relative_l2(one, zero) == np.inf
    assert relative_l2(zero, one) == 1
    assert relative_l2(one * 1.5, one) == 0.5
    assert np.isnan(relative_l2(np.array([np.nan, 0, 0]), one))


# --- units in the last place ----------------------------------------------------------------


@pytest.mark.parametrize("exponent", [-20, 0, 10])
def test_an_error_in_units_in_the_last_place(exponent: int) -> None:
    """Between 2^e and 2^(e+1) float32 numbers are 2^(e-23) apart (IEEE 754, binary32)."""
    reference = np.full((3, 5), 1.5 * 2.0**exponent)
    off_by_two = 2 * 2.0 ** (exponent - 23)
    error = relative_l2(reference + off_by_two, reference)
    assert in_ulp(error, reference) == pytest.approx(2, rel=1e-9)


def test_the_layers_scale_is_its_root_mean_square() -> None:
    reference = np.array([0.0, 0.0, 0.0, 4.0])  # root mean square 2
    assert in_ulp(0.5, reference) == pytest.approx(0.5 * 2 / 2.0**-22)


def test_there_are_no_units_at_zero_and_beyond_float32() -> None:
    assert in_ulp(0.0, np.zeros(3)) is None
    assert in_ulp(1.0, np.full(3, 1e39)) is None


def test_a_floor_in_units_fits_its_relative_l2() -> None:
    for right, floor in FLOORS.values():
        assert floor.ulp == in_ulp(floor.relative_l2, right)
        assert 0.25 < floor.ulp < 100


# --- memory ---------------------------------------------------------------------------------


class Counting(Mapping):
    def __init__(self) -> None:
        self.read: list[str] = []

    def __getitem__(self, name: str):
        self.read.append(name)
        return WEIGHTS[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(WEIGHTS)

    def __len__(self) -> int:
        return len(WEIGHTS)


def test_every_weight_is_read_once_for_all_passes() -> None:
    stored = Counting()
    list(reference_with_floor(SMALL, stored, IMAGES))
    assert sorted(stored.read) == sorted(WEIGHTS)


def test_weights_of_one_layer_are_held_at_a_time() -> None:
    stored = Counting()
    held = OneLayerAtATime(stored)
    assert held["conv1_1.kernel"] is held["conv1_1.kernel"]
    held["conv1_1.bias"]
    assert stored.read == ["conv1_1.kernel", "conv1_1.bias"]
    held["conv2_1.kernel"]
    assert list(held._held) == ["conv2_1.kernel"]
    held["conv1_1.kernel"]
    assert stored.read[2:] == ["conv2_1.kernel", "conv1_1.kernel"]
    assert (list(held), len(held)) == (list(WEIGHTS), len(WEIGHTS))


# --- no alarm for a sound tool --------------------------------------------------------------


def random_network(seed: int) -> Network:
    rng = np.random.default_rng(seed)

    def drawn(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    blocks = tuple(tuple(drawn(4, 24) for _ in range(drawn(1, 4))) for _ in range(drawn(1, 4)))
    dense = tuple(drawn(8, 80) for _ in range(drawn(0, 3)))
    size = 2 ** len(blocks)
    return vgg(
        f"random-{seed}",
        blocks,
        dense,
        drawn(5, 40),
        (size * drawn(1, 6) + drawn(0, 2), size * drawn(1, 6) + drawn(0, 2)),
    )


def permuted_runner(model: Network, weights, images, seed: int, partial_sums: int | None):
    """A float32 pass that adds channels in an order of its own: not one of `floor.ORDERS`."""
    rng = np.random.default_rng([seed, 9])
    x, found = images, {}
    for it in model.layers:
        given = weights
        if it.kind == "conv":
            order = rng.permutation(x.shape[3])
            x = x[..., order]
            given = {**weights, it.kernel: weights[it.kernel][:, :, order]}
        elif it.kind == "dense":
            kernel = weights[it.kernel]
            order = rng.permutation(int(np.prod(kernel.shape[:3])))
            x = x.reshape(len(x), -1)[:, order]
            flat = kernel.reshape(-1, kernel.shape[3])[order]
            given = {**weights, it.kernel: flat.reshape(kernel.shape)}
        nodes = [it.node] if it.linear is None else [it.linear, it.node]
        before = {nodes[0].inputs[0]: x}
        *_, (_, x) = run_nodes(nodes, given, before, How(partial_sums=partial_sums))
        found[it.name] = x
    return found


@pytest.mark.parametrize("seed", range(30))
def test_a_sound_tool_that_adds_in_another_order_raises_no_alarm(seed: int) -> None:
    model = random_network(seed)
    weights, images = make(model, seed), input_tensor(model, 1 + seed % 2, seed)
    runners = {
        f"groups of {size}": numpy_runner(model, weights, images, How(partial_sums=size))
        for size in (1, 7, 48)
    }
    runners["another order"] = permuted_runner(model, weights, images, seed, None)
    runners["another order, groups of 5"] = permuted_runner(model, weights, images, seed, 5)
    truth = ReferencePass.truth(model, weights, images)
    entries = list(compare_features("shared", runners, dict.fromkeys(runners, truth), Rule()))
    assert len(entries) == len(model.layers) * (5 + 10)
    for entry in entries:
        assert entry.verdict in ("pass", "identical", "inconclusive"), entry
        assert entry.local is None or entry.local.verdict == "pass", entry


@pytest.mark.parametrize("name", [it.name for it in SMALL.parametric_layers])
@pytest.mark.parametrize("part", ["kernel", "bias"])
def test_a_weight_that_is_off_by_one_unit_in_the_last_place_passes(name: str, part: str) -> None:
    """Most weight files were rounded once on their way: that is no fault of a tool."""
    it = SMALL.layer(name)
    key = f"{it.parameters}.{part}"
    changed = WEIGHTS[key].copy()
    largest = np.unravel_index(np.abs(changed).argmax(), changed.shape)
    changed[largest] = np.nextafter(changed[largest], np.float32(np.inf))
    assert (changed != WEIGHTS[key]).sum() == 1
    runners = {"a": numpy_runner(SMALL, {**WEIGHTS, key: changed}, IMAGES)}
    truth = ReferencePass.truth(SMALL, WEIGHTS, IMAGES)
    for entry in compare_features("shared", runners, {"a": truth}, Rule()):
        assert entry.verdict == "pass"
        assert entry.local is not None
        assert entry.local.verdict == "pass"
