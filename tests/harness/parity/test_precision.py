"""Reduced precision is recognised by its pattern, and nothing else is taken for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netparity.networks import Input, Layer, Network, Node
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops import sums
from netparity.networks.ops.base import RIGHT, How
from netparity.parity.floor import relative_l2
from netparity.parity.precision import STORED_MOST, identify
from netparity.weights.synthetic import make
from tests.support.cases import computed as features_of
from tests.support.cases import input_tensor
from tests.support.single_layers import apply_layer, single_layer

RNG = np.random.default_rng(21)
X = np.maximum(RNG.normal(0, 50, (1, 12, 12, 24)), 0).astype(np.float32)
SCALE = (2 / (9 * 24)) ** 0.5
CONV = single_layer("conv", (12, 12, 24), (3, 3, 24, 40), "relu")
WEIGHTS = {
    "it.kernel": RNG.normal(0, SCALE, (3, 3, 24, 40)).astype(np.float32),
    "it.bias": RNG.normal(0, 0.5, 40).astype(np.float32),
}
RIGHT_VALUES = apply_layer(CONV, WEIGHTS, X.astype(np.float64))


def computed(how: How = RIGHT, *mistakes: str, weights=WEIGHTS, x=X):
    return apply_layer(CONV, weights, x, how, *mistakes)


def identified(values) -> tuple[str, ...]:
    return identify(values, RIGHT_VALUES, computed)


def independently(convert, partial_sums: int | None = None):
    """The layer with converted operands, without `How`: a tool of its own."""
    kernel = convert(WEIGHTS["it.kernel"])
    padded = sums.pad_image(X, (1, 1, 1, 1))
    values = [sums.convolve(convert(image), kernel, partial_sums=partial_sums) for image in padded]
    return np.maximum(np.stack(values) + WEIGHTS["it.bias"], 0)


def cut_to(bits: int):
    """Rounding to so many significant bits, by scaling to integers."""

    def convert(values):
        mantissa, exponent = np.frexp(values.astype(np.float64))
        return np.ldexp(np.rint(mantissa * 2**bits), exponent - bits).astype(np.float32)

    return convert


@pytest.mark.parametrize(("bits", "name"), [(11, "tf32"), (8, "bfloat16-products")])
@pytest.mark.parametrize("partial_sums", [None, 16, 48])
def test_narrow_operands_are_recognised_by_another_implementation(bits, name, partial_sums) -> None:
    assert identified(independently(cut_to(bits), partial_sums))[0] == name


@pytest.mark.parametrize("partial_sums", [None, 16])
def test_values_kept_as_float16_are_recognised(partial_sums) -> None:
    stored = independently(
        lambda values: values.astype(np.float16).astype(np.float32), partial_sums
    )
    assert identified(stored.astype(np.float16).astype(np.float32)) == ("float16", "mixed-float16")


def test_values_kept_as_bfloat16_are_recognised() -> None:
    assert identified(cut_to(8)(independently(cut_to(8)))) == ("bfloat16", "mixed-bfloat16")


@pytest.mark.parametrize("size", [2e-6, 1e-5, 1e-4])
def test_noise_of_careless_arithmetic_is_fast_math(size: float) -> None:
    noise = np.random.default_rng(0).normal(0, 1, RIGHT_VALUES.shape) * (RIGHT_VALUES > 0)
    noise *= size * np.linalg.norm(RIGHT_VALUES) / np.linalg.norm(noise)
    assert identified((RIGHT_VALUES + noise).astype(np.float32)) == ("fast-math",)


def test_approximate_division_and_roots_are_fast_math() -> None:
    """Each value off by up to 2^-13 of itself, to either side."""
    factors = 1 + 2.0**-13 * np.random.default_rng(1).uniform(-1, 1, RIGHT_VALUES.shape)
    assert identified((RIGHT_VALUES * factors).astype(np.float32)) == ("fast-math",)


def test_noise_that_is_too_large_is_no_arithmetic() -> None:
    noise = np.random.default_rng(0).normal(0, 1, RIGHT_VALUES.shape)
    noise *= 1e-2 * np.linalg.norm(RIGHT_VALUES) / np.linalg.norm(noise)
    assert identified((RIGHT_VALUES + noise).astype(np.float32)) == ()


def test_equal_values_need_no_explanation() -> None:
    assert identify(RIGHT_VALUES, RIGHT_VALUES, computed) == ()


# --- behind several layers ------------------------------------------------------------------


def partly_tf32(cosine: float, size: float = 1.0) -> np.ndarray:
    """Values whose error has this cosine with that of TF32, and its norm times `size`."""
    error = computed(How(operands="tf32")) - RIGHT_VALUES
    other = np.random.default_rng(4).normal(0, 1, error.shape) * np.abs(RIGHT_VALUES)
    other -= error * np.vdot(error, other) / np.vdot(error, error)
    other *= np.linalg.norm(error) / np.linalg.norm(other)
    mixed = cosine * error + (1 - cosine**2) ** 0.5 * other
    return (RIGHT_VALUES + size * mixed).astype(np.float32)


@pytest.mark.parametrize("cosine", [0.32, 0.44, 0.58])
def test_half_of_the_pattern_is_enough_behind_several_layers(cosine: float) -> None:
    values = partly_tf32(cosine)
    assert identify(values, RIGHT_VALUES, computed, layers=14)[0] == "tf32"
    assert "tf32" not in identified(values)


@pytest.mark.parametrize(("cosine", "size"), [(0.2, 1.0), (0.44, 2.3), (0.44, 0.4), (-0.44, 1.0)])
def test_another_size_or_direction_is_not_tf32_at_any_depth(cosine: float, size: float) -> None:
    values = partly_tf32(cosine, size)
    assert "tf32" not in identify(values, RIGHT_VALUES, computed, layers=14)


def test_half_of_the_pattern_in_few_values_is_a_mistake_at_any_depth() -> None:
    values = partly_tf32(0.5)
    wrong = RIGHT_VALUES.copy()
    wrong[..., :2] = values[..., :2]
    wrong[..., :2] += 4 * (values - RIGHT_VALUES)[..., :2]
    assert identify(wrong, RIGHT_VALUES, computed, layers=14) == ()


# --- mistakes that are as small, or look alike ----------------------------------------------


@pytest.mark.parametrize("factor", [1.001, 1.01, 1.1, 2.0, -1.0, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_single_wrong_weight_is_not_reduced_precision(factor: float, seed: int) -> None:
    kernel = WEIGHTS["it.kernel"].copy()
    place = tuple(np.random.default_rng(seed).integers(kernel.shape))
    kernel[place] *= np.float32(factor)
    assert identified(computed(weights=WEIGHTS | {"it.kernel": kernel})) == ()


@pytest.mark.parametrize("change", [1e-4, 1e-3, 1.0])
def test_a_single_wrong_bias_is_not_reduced_precision(change: float) -> None:
    bias = WEIGHTS["it.bias"].copy()
    bias[7] += np.float32(change * 50)
    assert identified(computed(weights=WEIGHTS | {"it.bias": bias})) == ()


def test_swapped_channels_are_not_reduced_precision() -> None:
    values = computed()
    order = [1, 0, *range(2, 40)]
    assert identified(values[..., order]) == ()
    assert identified(computed(x=X[..., [1, 0, *range(2, 24)]])) == ()


def test_channels_that_are_almost_alike_and_swapped_are_not_reduced_precision() -> None:
    kernel = WEIGHTS["it.kernel"].copy()
    kernel[..., 1] = kernel[..., 0] * np.float32(1.002)
    bias = WEIGHTS["it.bias"].copy()
    bias[1] = bias[0]
    weights = {"it.kernel": kernel, "it.bias": bias}
    right = apply_layer(CONV, weights, X.astype(np.float64))
    values = computed(weights=weights)[..., [1, 0, *range(2, 40)]]
    assert 1e-5 < relative_l2(values, right) < 2.0**-11
    assert identify(values, right, lambda how: computed(how, weights=weights)) == ()


@pytest.mark.parametrize("factor", [1 + 1e-5, 1 - 1e-4, 1.001])
def test_another_scale_is_not_reduced_precision(factor: float) -> None:
    assert identified((RIGHT_VALUES * factor).astype(np.float32)) == ()


@pytest.mark.parametrize("size", [1e-5, 1e-4])
def test_a_constant_added_is_not_reduced_precision(size: float) -> None:
    added = size * np.linalg.norm(RIGHT_VALUES) / RIGHT_VALUES.size**0.5
    assert identified((RIGHT_VALUES + added).astype(np.float32)) == ()


@pytest.mark.parametrize(
    "key",
    ["kernels-rotated", "kernels-transposed", "bias-missing", "relu-missing", "padding-valid"],
)
def test_a_known_mistake_is_not_reduced_precision(key: str) -> None:
    assert identified(computed(RIGHT, key)) == ()


def test_a_mistake_stored_narrowly_is_still_a_mistake() -> None:
    rotated = computed(How(storage="float16", operands="float16"), "kernels-rotated")
    assert relative_l2(rotated, RIGHT_VALUES) > STORED_MOST["float16"]
    assert identified(rotated) == ()


@pytest.mark.parametrize("kind", ["nan", "inf"])
def test_a_simulation_that_overflows_explains_nothing(kind: str) -> None:
    values = (RIGHT_VALUES * 1.5).astype(np.float32)
    bad = np.full_like(RIGHT_VALUES, float(kind))
    with np.errstate(all="ignore"):
        assert identify(values, RIGHT_VALUES, lambda how: bad) == ()


# --- few values, few channels ---------------------------------------------------------------


def parts_of(layer: Layer) -> tuple[Node, ...]:
    """The nodes of a layer, which read `before`."""
    assert layer.linear is not None
    return replace(layer.linear, inputs=("before",)), layer.node


@pytest.mark.parametrize("name", ["conv1_1", "prob"])
def test_a_wrong_weight_in_a_layer_of_few_channels_is_not_reduced_precision(name: str) -> None:
    weights = make(VGG16_TINY, 0)
    it = VGG16_TINY.layer(name)
    x = input_tensor(VGG16_TINY)
    if not it.takes_image:
        before = VGG16_TINY.layers[VGG16_TINY.layers.index(it) - 1].name
        x = features_of(VGG16_TINY, weights, x)[before]
    own = Network(name, (Input("before", x.shape[1:]),), parts_of(it), VGG16_TINY.tensors)

    def layer_alone(weights, x, how: How = RIGHT):
        return features_of(own, weights, x, how)[name]

    right = layer_alone(weights, x.astype(np.float64))
    found = []
    for seed in range(8):
        kernel = weights[it.kernel].copy()
        kernel[tuple(np.random.default_rng(seed).integers(kernel.shape))] *= np.float32(1.001)
        values = layer_alone(weights | {it.kernel: kernel}, x)
        if relative_l2(values, right) > 1e-6:
            found.append(identify(values, right, lambda how: layer_alone(weights, x, how)))
    assert found
    assert set(found) == {()}
