"""Each way to compute a layer is what its name says, by another formulation."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.signal import correlate

from netparity.models import VGG16_TINY
from netparity.models.rounding import rounded
from netparity.parity.network import RIGHT, How, apply_layer, passes
from netparity.weights.synthetic import make
from tests.support.cases import SMALL, input_tensor, layer

RNG = np.random.default_rng(11)
X = RNG.normal(0, 1, (2, 6, 7, 3))
KERNEL = RNG.normal(0, 1, (3, 3, 3, 4)).astype(np.float32)
BIAS = RNG.normal(0, 1, 4).astype(np.float32)
CONV = layer("conv", (3, 3, 3, 4), "relu")
WEIGHTS = {"it.kernel": KERNEL, "it.bias": BIAS}

FLAT_KERNEL = RNG.normal(0, 1, (2, 3, 4, 5)).astype(np.float32)
FLAT_BIAS = RNG.normal(0, 1, 5).astype(np.float32)
DENSE = layer("dense", (2, 3, 4, 5), "relu")
SOFTMAX = layer("dense", (2, 3, 4, 5), "softmax")
FLAT_WEIGHTS = {"it.kernel": FLAT_KERNEL, "it.bias": FLAT_BIAS}
MAP = RNG.normal(0, 1, (2, 2, 3, 4))

POOL = layer("pool", None)


def conv(how: How, x=X):
    return apply_layer(CONV, WEIGHTS, x, how)


def dense(how: How, it=DENSE, x=MAP):
    return apply_layer(it, FLAT_WEIGHTS, x, how)


def pool(how: How, x=X):
    return apply_layer(POOL, {}, x, how)


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
    same(conv(RIGHT), relu(sums()))
    same(dense(RIGHT), relu(matrix_sums()))
    same(dense(RIGHT, SOFTMAX), softmax(matrix_sums()))


@pytest.mark.parametrize(
    "how",
    [
        How(channel_order=order, partial_sums=size)
        for order in ("stored", "reversed", "shuffled")
        for size in (None, 1, 5, 1000)
    ],
    ids=str,
)
def test_the_order_of_a_sum_does_not_change_it(how: How) -> None:
    same(conv(how), relu(sums()))
    same(dense(how), relu(matrix_sums()))
    np.testing.assert_array_equal(pool(how), pool(RIGHT))


def test_rotated_kernels_are_rot90_twice() -> None:
    same(conv(How(kernel="rotated")), relu(sums(kernel=np.rot90(KERNEL, 2, axes=(0, 1)))))


def test_a_rotated_kernel_makes_a_true_convolution() -> None:
    from scipy.signal import convolve

    expected = np.zeros((2, 6, 7, 4)) + BIAS
    for n, o, c in np.ndindex(2, 4, 3):
        kernel = KERNEL[:, :, c, o].astype(np.float64)
        expected[n, :, :, o] += convolve(X[n, :, :, c], kernel, "same")
    same(conv(How(kernel="rotated")), relu(expected))


def test_transposed_kernels_have_rows_and_columns_swapped() -> None:
    swapped = np.array([[KERNEL[v, u] for v in range(3)] for u in range(3)])
    same(conv(How(kernel="transposed")), relu(sums(kernel=swapped)))


def test_a_transposed_kernel_is_the_whole_layer_transposed() -> None:
    same(conv(How(kernel="transposed"), X.swapaxes(1, 2)), conv(RIGHT).swapaxes(1, 2))


def test_without_a_bias() -> None:
    same(conv(How(bias=False)), relu(sums(bias=0)))
    same(dense(How(bias=False)), relu(matrix_sums(bias=0)))


@pytest.mark.parametrize(
    ("activation", "of_relu", "of_softmax"),
    [
        ("own", relu, softmax),
        ("none", lambda x: x, lambda x: x),
        ("relu", relu, relu),
        ("relu-own", relu, lambda x: softmax(relu(x))),
    ],
)
def test_activations(activation, of_relu, of_softmax) -> None:
    how = How(activation=activation)
    assert (sums() < 0).any()
    same(conv(how), of_relu(sums()))
    same(dense(how), of_relu(matrix_sums()))
    same(dense(how, SOFTMAX), of_softmax(matrix_sums()))


def test_valid_convolutions_leave_the_border_blank() -> None:
    expected = np.zeros((2, 6, 7, 4))
    for n, o in np.ndindex(2, 4):
        whole = correlate(X[n], KERNEL[..., o].astype(np.float64), "valid")[:, :, 0]
        expected[n, 1:-1, 1:-1, o] = relu(whole + BIAS[o])
    same(conv(How(conv_padding="valid")), expected)
    assert conv(RIGHT)[:, 0].any()


def test_average_pooling_is_the_mean_of_a_window() -> None:
    expected = X[:, :6, :6].reshape(2, 3, 2, 3, 2, 3).mean(axis=(2, 4))
    same(pool(How(pooling="average")), expected)
    np.testing.assert_array_equal(pool(RIGHT), X[:, :6, :6].reshape(2, 3, 2, 3, 2, 3).max((2, 4)))


@pytest.mark.parametrize("shift", [(1, 1), (1, 0), (0, 1)])
@pytest.mark.parametrize("pooling", ["max", "average"])
def test_shifted_pools_begin_before_the_border(shift, pooling: str) -> None:
    """Padding above and to the left: the first window holds a part of the image alone."""
    found = pool(How(pooling=pooling, pool_shift=shift))
    assert found.shape == (2, 3, 3, 3)
    for n, i, j, c in np.ndindex(found.shape):
        rows = [y for y in (2 * i - shift[0], 2 * i - shift[0] + 1) if y >= 0]
        columns = [x for x in (2 * j - shift[1], 2 * j - shift[1] + 1) if x >= 0]
        window = X[n][np.ix_(rows, columns)][..., c]
        expected = window.max() if pooling == "max" else window.sum() / 4
        assert found[n, i, j, c] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_flattening_in_another_order_of_axes(order: tuple[int, int, int]) -> None:
    same(dense(How(flatten=order)), relu(matrix_sums(order=order)))


def test_flattening_does_not_concern_a_layer_that_is_flat_already() -> None:
    flat = MAP.reshape(2, -1)
    np.testing.assert_array_equal(dense(How(flatten=(2, 0, 1)), x=flat), dense(RIGHT, x=flat))


@pytest.mark.parametrize("precision", ["tf32", "bfloat16", "float16"])
def test_operands_are_rounded_before_they_are_multiplied(precision: str) -> None:
    x, kernel = rounded(X.astype(np.float32), precision), rounded(KERNEL, precision)
    found = conv(How(operands=precision), X.astype(np.float32).astype(np.float64))
    same(found, relu(sums(x.astype(np.float64), kernel)))
    assert np.abs(found - conv(RIGHT)).max() > 1e-5
    np.testing.assert_array_equal(pool(How(operands=precision)), pool(RIGHT))


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_stored_results_fit_the_format(precision: str) -> None:
    for found in (
        conv(How(storage=precision)),
        dense(How(storage=precision)),
        dense(How(storage=precision), SOFTMAX),
        pool(How(storage=precision)),
    ):
        np.testing.assert_array_equal(rounded(found, precision), found)
    step = 2.0**-8 if precision == "bfloat16" else 2.0**-11
    # Sum, bias and the sum with it are each rounded once.
    largest = np.abs(sums(bias=0)).max() + np.abs(BIAS).max()
    assert np.abs(conv(How(storage=precision)) - conv(RIGHT)).max() <= 3 * step * largest * 1.01


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(
    "how", [RIGHT, How(channel_order="shuffled"), How(operands="tf32"), How(storage="float16")]
)
def test_a_layer_keeps_the_precision_of_its_input(kind, how: How) -> None:
    assert conv(how, X.astype(kind)).dtype == kind
    assert dense(how, x=MAP.astype(kind)).dtype == kind
    assert pool(how, X.astype(kind)).dtype == kind


@pytest.mark.parametrize("how", [RIGHT, How(pool_shift=(1, 1)), How(channel_order="reversed")])
def test_neither_input_nor_weights_are_changed(how: How) -> None:
    x, weights = X.copy(), {name: value.copy() for name, value in WEIGHTS.items()}
    apply_layer(CONV, weights, x, how)
    apply_layer(POOL, {}, x, how)
    np.testing.assert_array_equal(x, X)
    for name, value in weights.items():
        np.testing.assert_array_equal(value, WEIGHTS[name])


def test_passes_ask_for_each_layer_how_it_is_computed() -> None:
    weights, images = make(SMALL, 0), input_tensor(SMALL).astype(np.float64)
    asked = []

    def how(it) -> How:
        asked.append(it.name)
        return How(bias=it.name != "conv2_1")

    found = {it.name: x for it, x in passes(SMALL, weights, images, how)}
    assert asked == [it.name for it in SMALL.layers]
    without = {**weights, "conv2_1.bias": np.zeros(6, np.float32)}
    for it, x in passes(SMALL, without, images):
        np.testing.assert_array_equal(found[it.name], x)


def test_every_shape_of_the_layer_map_is_kept_whatever_is_done() -> None:
    weights, images = make(VGG16_TINY, 0), input_tensor(VGG16_TINY)
    how = How(conv_padding="valid", pool_shift=(1, 1), pooling="average", flatten=(2, 0, 1))
    for it, x in passes(VGG16_TINY, weights, images, lambda it: how):
        assert x.shape == (1, *it.output_shape)
