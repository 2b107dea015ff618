"""Each way to compute a layer is what its name says, by another formulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate

from netparity.diagnosis.mistakes import mistakes_of
from netparity.networks.catalogue.vgg import VGG16_TINY
from netparity.networks.ops.base import RIGHT, How
from netparity.networks.rounding import rounded
from netparity.weights.synthetic import make
from tests.support.cases import SMALL, computed, input_tensor
from tests.support.single_layers import apply_layer, single_layer

RNG = np.random.default_rng(11)
X = RNG.normal(0, 1, (2, 6, 7, 3))
KERNEL = RNG.normal(0, 1, (3, 3, 3, 4)).astype(np.float32)
BIAS = RNG.normal(0, 1, 4).astype(np.float32)
CONV = single_layer("conv", (6, 7, 3), (3, 3, 3, 4), "relu")
WEIGHTS = {"it.kernel": KERNEL, "it.bias": BIAS}

FLAT_KERNEL = RNG.normal(0, 1, (2, 3, 4, 5)).astype(np.float32)
FLAT_BIAS = RNG.normal(0, 1, 5).astype(np.float32)
DENSE = single_layer("dense", (2, 3, 4), (2, 3, 4, 5), "relu")
SOFTMAX = single_layer("dense", (2, 3, 4), (2, 3, 4, 5), "softmax")
FLAT_WEIGHTS = {"it.kernel": FLAT_KERNEL, "it.bias": FLAT_BIAS}
MAP = RNG.normal(0, 1, (2, 2, 3, 4))

POOL = single_layer("max_pool", (6, 7, 3))
FLATTENS = ("chw", "cwh", "whc", "hcw", "wch")
"""Every order of the axes but the right one."""


def conv(*mistakes: str, how: How = RIGHT, x=X):
    return apply_layer(CONV, WEIGHTS, x, how, *mistakes)


def dense(*mistakes: str, how: How = RIGHT, it=DENSE, x=MAP):
    return apply_layer(it, FLAT_WEIGHTS, x, how, *mistakes)


def pool(*mistakes: str, how: How = RIGHT, x=X):
    return apply_layer(POOL, {}, x, how, *mistakes)


def sums(x=X, kernel=KERNEL, bias=BIAS):
    """SciPy's "same" correlation over two axes, channel by channel, before any activation."""
    kernel = kernel.astype(np.float64)
    result = np.zeros((*x.shape[:3], kernel.shape[3]))
    for n, o, c in np.ndindex(len(x), kernel.shape[3], x.shape[3]):
        result[n, :, :, o] += correlate(x[n, :, :, c], kernel[:, :, c, o], "same")
    return result + bias


def matrix_sums(x=MAP, order=(0, 1, 2), bias=FLAT_BIAS):
    flat = np.array([image.transpose(order).ravel() for image in x])
    return flat @ FLAT_KERNEL.astype(np.float64).reshape(24, 5) + bias


def relu(x):
    return np.where(x > 0, x, 0)


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def same(found, expected) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_the_defaults_are_the_networks_definition() -> None:
    assert How() == RIGHT
    same(conv(), relu(sums()))
    same(dense(), relu(matrix_sums()))
    same(dense(it=SOFTMAX), softmax(matrix_sums()))


@pytest.mark.parametrize(
    "how",
    [
        How(channel_order=order, partial_sums=size)
        for order in ("stored", "shuffled", "shuffled-again")
        for size in (None, 1, 5, 1000)
    ],
    ids=str,
)
def test_the_order_of_a_sum_does_not_change_it(how: How) -> None:
    same(conv(how=how), relu(sums()))
    same(dense(how=how), relu(matrix_sums()))
    np.testing.assert_array_equal(pool(how=how), pool())


def test_rotated_kernels_are_rot90_twice() -> None:
    same(conv("kernels-rotated"), relu(sums(kernel=np.rot90(KERNEL, 2, axes=(0, 1)))))


def test_a_rotated_kernel_makes_a_true_convolution() -> None:
    from scipy.signal import convolve

    expected = np.zeros((2, 6, 7, 4)) + BIAS
    for n, o, c in np.ndindex(2, 4, 3):
        kernel = KERNEL[:, :, c, o].astype(np.float64)
        expected[n, :, :, o] += convolve(X[n, :, :, c], kernel, "same")
    same(conv("kernels-rotated"), relu(expected))


def test_transposed_kernels_have_rows_and_columns_swapped() -> None:
    swapped = np.array([[KERNEL[v, u] for v in range(3)] for u in range(3)])
    same(conv("kernels-transposed"), relu(sums(kernel=swapped)))


def test_a_transposed_kernel_is_the_whole_layer_transposed() -> None:
    turned = single_layer("conv", (7, 6, 3), (3, 3, 3, 4), "relu")
    found = apply_layer(turned, WEIGHTS, X.swapaxes(1, 2), RIGHT, "kernels-transposed")
    same(found, conv().swapaxes(1, 2))


def test_without_a_bias() -> None:
    same(conv("bias-missing"), relu(sums(bias=0)))
    same(dense("bias-missing"), relu(matrix_sums(bias=0)))


def test_activations() -> None:
    assert (sums() < 0).any()
    assert (matrix_sums() < 0).any()
    same(conv("relu-missing"), sums())
    same(dense("relu-missing"), matrix_sums())
    same(dense("softmax-missing", it=SOFTMAX), matrix_sums())
    same(dense("relu-added", it=SOFTMAX), softmax(relu(matrix_sums())))


def test_valid_convolutions_leave_the_border_blank() -> None:
    expected = np.zeros((2, 6, 7, 4))
    for n, o in np.ndindex(2, 4):
        whole = correlate(X[n], KERNEL[..., o].astype(np.float64), "valid")[:, :, 0]
        expected[n, 1:-1, 1:-1, o] = relu(whole + BIAS[o])
    same(conv("padding-valid"), expected)
    assert conv()[:, 0].any()


def test_average_pooling_is_the_mean_of_a_window() -> None:
    expected = X[:, :6, :6].reshape(2, 3, 2, 3, 2, 3).mean(axis=(2, 4))
    same(pool("pool-average"), expected)
    np.testing.assert_array_equal(pool(), X[:, :6, :6].reshape(2, 3, 2, 3, 2, 3).max((2, 4)))


@pytest.mark.parametrize(
    ("key", "shift"),
    [("pool-padding", (1, 1)), ("pool-padding-top", (1, 0)), ("pool-padding-left", (0, 1))],
)
@pytest.mark.parametrize("average", [False, True])
def test_shifted_pools_begin_before_the_border(key: str, shift, average: bool) -> None:
    """Padding above and to the left: the first window holds a part of the image alone."""
    found = pool(key, *(["pool-average"] if average else []))
    assert found.shape == (2, 3, 3, 3)
    for n, i, j, c in np.ndindex(found.shape):
        rows = [y for y in (2 * i - shift[0], 2 * i - shift[0] + 1) if y >= 0]
        columns = [x for x in (2 * j - shift[1], 2 * j - shift[1] + 1) if x >= 0]
        window = X[n][np.ix_(rows, columns)][..., c]
        expected = window.mean() if average else window.max()
        assert found[n, i, j, c] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("letters", FLATTENS)
def test_flattening_in_another_order_of_axes(letters: str) -> None:
    order = tuple("hwc".index(axis) for axis in letters)
    same(dense(f"flatten-{letters}"), relu(matrix_sums(order=order)))


def test_flattening_does_not_concern_a_layer_that_is_flat_already() -> None:
    flat = single_layer("dense", (24,), (2, 3, 4, 5), "relu")
    np.testing.assert_array_equal(dense(it=flat, x=MAP.reshape(2, -1)), dense())

    def keys(it) -> set[str]:
        return {mistake.key for mistake in mistakes_of(it, it.nodes[0])}

    flattens = {f"flatten-{letters}" for letters in FLATTENS}
    assert flattens < keys(DENSE)
    assert not flattens & keys(flat)


@pytest.mark.parametrize("precision", ["tf32", "bfloat16", "float16"])
def test_operands_are_rounded_before_they_are_multiplied(precision: str) -> None:
    x, kernel = rounded(X.astype(np.float32), precision), rounded(KERNEL, precision)
    found = conv(how=How(operands=precision), x=X.astype(np.float32).astype(np.float64))
    same(found, relu(sums(x.astype(np.float64), kernel)))
    assert np.abs(found - conv()).max() > 1e-5
    np.testing.assert_array_equal(pool(how=How(operands=precision)), pool())


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_stored_results_fit_the_format(precision: str) -> None:
    for found in (
        conv(how=How(storage=precision)),
        dense(how=How(storage=precision)),
        dense(how=How(storage=precision), it=SOFTMAX),
        pool(how=How(storage=precision)),
    ):
        np.testing.assert_array_equal(rounded(found, precision), found)
    step = 2.0**-8 if precision == "bfloat16" else 2.0**-11
    # Sum, bias and the sum with it are each rounded once.
    largest = np.abs(sums(bias=0)).max() + np.abs(BIAS).max()
    assert np.abs(conv(how=How(storage=precision)) - conv()).max() <= 3 * step * largest * 1.01


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(
    "how", [RIGHT, How(channel_order="shuffled"), How(operands="tf32"), How(storage="float16")]
)
def test_a_layer_keeps_the_precision_of_its_input(kind, how: How) -> None:
    assert conv(how=how, x=X.astype(kind)).dtype == kind
    assert dense(how=how, x=MAP.astype(kind)).dtype == kind
    assert pool(how=how, x=X.astype(kind)).dtype == kind


@pytest.mark.parametrize("how", [RIGHT, How(channel_order="shuffled"), How(storage="float16")])
@pytest.mark.parametrize("wrong", [False, True])
def test_neither_input_nor_weights_are_changed(how: How, wrong: bool) -> None:
    x, weights = X.copy(), {name: value.copy() for name, value in WEIGHTS.items()}
    in_conv = ("kernels-rotated", "padding-valid", "relu-missing") if wrong else ()
    apply_layer(CONV, weights, x, how, *in_conv)
    apply_layer(POOL, {}, x, how, *(["pool-padding"] if wrong else []))
    np.testing.assert_array_equal(x, X)
    for name, value in weights.items():
        np.testing.assert_array_equal(value, WEIGHTS[name])


def test_a_mistake_is_made_at_its_layer_alone() -> None:
    weights, images = make(SMALL, 0), input_tensor(SMALL).astype(np.float64)
    found = computed(SMALL, weights, images, mistakes={"conv2_1": ("bias-missing",)})
    assert list(found) == [it.name for it in SMALL.layers]
    without = {**weights, "conv2_1.bias": np.zeros(6, np.float32)}
    for name, x in computed(SMALL, without, images).items():
        np.testing.assert_array_equal(found[name], x)


def test_every_shape_of_the_network_is_kept_whatever_is_done() -> None:
    weights, images = make(VGG16_TINY, 0), input_tensor(VGG16_TINY)
    made = {"conv": ("padding-valid",), "pool": ("pool-padding", "pool-average"), "dense": ()}
    mistakes = {layer.name: made[layer.kind] for layer in VGG16_TINY.layers}
    mistakes["fc6"] = ("flatten-chw",)
    for name, x in computed(VGG16_TINY, weights, images, mistakes=mistakes).items():
        assert x.shape == (1, *VGG16_TINY.shapes[name])
