"""The operations of VGG agree with SciPy and with exact rational arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate
from scipy.special import softmax as scipy_softmax

from netparity.networks.ops import sums
from tests.support.single_layers import apply_layer, single_layer

sizes = st.integers(1, 7)
CONVOLUTIONS = st.tuples(
    sizes, sizes, st.integers(1, 4), st.integers(1, 4), st.sampled_from([1, 3, 5])
)


def random_convolution(height: int, width: int, channels: int, outputs: int, size: int):
    rng = np.random.default_rng([height, width, channels, outputs, size])
    image = rng.standard_normal((height, width, channels))
    kernel = rng.standard_normal((size, size, channels, outputs)).astype(np.float32)
    return image, kernel, rng.standard_normal(outputs)


@given(CONVOLUTIONS)
def test_convolution_is_scipys_correlation(shape) -> None:
    image, kernel, bias = random_convolution(*shape)
    found = convolve(image, kernel) + bias
    for unit in range(kernel.shape[3]):
        padded = np.pad(image, ((shape[4] // 2,) * 2, (shape[4] // 2,) * 2, (0, 0)))
        # All channels at once: a "valid" correlation leaves one channel.
        expected = correlate(padded, kernel[..., unit].astype(np.float64), "valid")[:, :, 0]
        np.testing.assert_allclose(found[:, :, unit], expected + bias[unit], rtol=0, atol=1e-12)


def convolve(image, kernel):
    """With as many zeros around the image as keep its size."""
    return sums.convolve(sums.pad_image(image[None], (kernel.shape[0] // 2,) * 4)[0], kernel)


def max_pool(x):
    return apply_layer(single_layer("max_pool", x.shape[1:]), {}, x)


def activation(op: str, x):
    return apply_layer(single_layer(op, x.shape[1:]), {}, x)


def exact_convolution(image, kernel, bias):
    """The definition of a "same" convolution, in exact rationals."""
    (height, width, channels), (size, _, _, outputs) = image.shape, kernel.shape
    result = np.empty((height, width, outputs), dtype=object)
    for i, j, o in np.ndindex(result.shape):
        total = Fraction(float(bias[o]))
        for u, v, c in product(range(size), range(size), range(channels)):
            y, x = i + u - size // 2, j + v - size // 2
            if 0 <= y < height and 0 <= x < width:
                total += Fraction(float(image[y, x, c])) * Fraction(float(kernel[u, v, c, o]))
        result[i, j, o] = total
    return result


@pytest.mark.parametrize("shape", [(1, 1, 1, 1, 3), (3, 4, 2, 2, 3), (2, 5, 3, 1, 5)])
def test_convolution_is_within_rounding_of_exact_arithmetic(shape) -> None:
    image, kernel, bias = random_convolution(*shape)
    found, exact = convolve(image, kernel) + bias, exact_convolution(image, kernel, bias)
    magnitude = exact_convolution(abs(image), abs(kernel), abs(bias))
    terms = shape[4] ** 2 * shape[2] + 1
    for place in np.ndindex(found.shape):
        error = abs(Fraction(float(found[place])) - exact[place])
        # Higham, Accuracy and Stability of Numerical Algorithms, section 3.1: gamma_n.
        assert error <= Fraction(terms + 1, 2**52) * magnitude[place]


def test_integers_are_convolved_exactly() -> None:
    rng = np.random.default_rng(5)
    image = rng.integers(-9, 9, (5, 4, 3)).astype(np.float64)
    kernel = rng.integers(-9, 9, (3, 3, 3, 2)).astype(np.float32)
    bias = np.array([1.0, -2.0])
    found = convolve(image, kernel) + bias
    assert (found == exact_convolution(image, kernel, bias).astype(np.float64)).all()


def test_the_kernel_is_not_flipped() -> None:
    image = np.zeros((5, 5, 1))
    image[2, 2] = 1
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1)
    response = convolve(image, kernel)[1:4, 1:4, 0]
    # The response to an impulse is the kernel turned by half: the mark of a correlation.
    np.testing.assert_array_equal(response, kernel[::-1, ::-1, 0, 0])


@pytest.mark.parametrize("block_bytes", [1, 400, 1000, 3000])
def test_blocks_of_rows_change_nothing(monkeypatch, block_bytes: int) -> None:
    image, kernel, bias = random_convolution(7, 5, 2, 3, 3)
    whole = convolve(image, kernel) + bias
    monkeypatch.setattr(sums, "_BLOCK_BYTES", block_bytes)
    np.testing.assert_allclose(convolve(image, kernel) + bias, whole, rtol=0, atol=1e-13)


@given(st.integers(1, 50), st.integers(1, 10_000), st.integers(1, 20_000))
def test_row_blocks_cover_every_row_once(rows: int, row_bytes: int, block_bytes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "_BLOCK_BYTES", block_bytes)
        covered = [
            row for start, stop in sums._row_blocks(rows, row_bytes) for row in range(start, stop)
        ]
    assert covered == list(range(rows))


@given(sizes, sizes)
def test_max_pool_is_the_maximum_of_whole_windows(height: int, width: int) -> None:
    x = np.random.default_rng([height, width]).standard_normal((2, height, width, 3))
    found = max_pool(x)
    assert found.shape == (2, height // 2, width // 2, 3)
    for n, i, j, c in np.ndindex(found.shape):
        assert found[n, i, j, c] == x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c].max()


def test_max_pool_keeps_negative_maxima_and_nan() -> None:
    x = np.full((1, 2, 4, 1), -3.0)
    x[0, 1, 1] = -1
    x[0, 0, 3] = np.nan
    np.testing.assert_array_equal(max_pool(x)[0, 0, :, 0], [-1, np.nan])


def test_dense_flattens_height_width_channels() -> None:
    x = np.zeros((1, 2, 3, 4))
    x[0, 1, 2, 3] = 1
    kernel = np.arange(2 * 3 * 4 * 2, dtype=np.float32).reshape(2, 3, 4, 2)
    it = single_layer("dense", (2, 3, 4), (2, 3, 4, 2), "relu")
    weights = {"it.kernel": kernel, "it.bias": np.array([100, 200], dtype=np.float32)}
    found = apply_layer(it, weights, x)
    np.testing.assert_array_equal(found[0], kernel[1, 2, 3] + [100, 200])


@pytest.mark.parametrize("rows", [1, 5, 24, 4096])
def test_dense_in_blocks_is_one_matrix_product(monkeypatch, rows: int) -> None:
    monkeypatch.setattr(sums, "_DENSE_ROWS", rows)
    rng = np.random.default_rng(0)
    flat = rng.standard_normal((3, 24))
    matrix = rng.standard_normal((24, 5)).astype(np.float32)
    bias = rng.standard_normal(5)
    expected = np.einsum("nc,co->no", flat, matrix.astype(np.float64)) + bias
    np.testing.assert_allclose(sums.dense(flat, matrix) + bias, expected, rtol=0, atol=1e-13)


def test_relu_keeps_positive_values_and_nan() -> None:
    np.testing.assert_array_equal(
        activation("relu", np.array([[-1.0, 0.0, 2.0, np.nan, -np.inf, np.inf]])),
        [[0, 0, 2, np.nan, 0, np.inf]],
    )


def test_softmax_does_not_overflow() -> None:
    np.testing.assert_array_equal(
        activation("softmax", np.array([[1e4, 1e4, -1e4]])), [[0.5, 0.5, 0.0]]
    )


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6))
def test_softmax_is_scipys(values: list[float]) -> None:
    x = np.array([values, values[::-1]])
    np.testing.assert_allclose(activation("softmax", x), scipy_softmax(x, axis=-1), rtol=1e-12)


def test_a_convolution_layer_applies_its_relu() -> None:
    image, kernel, _ = random_convolution(4, 4, 2, 3, 3)
    it = single_layer("conv", (4, 4, 2), (3, 3, 2, 3), "relu")
    weights = {"it.kernel": kernel, "it.bias": np.zeros(3, dtype=np.float32)}
    plain = convolve(image, kernel)
    assert (plain < 0).any()
    np.testing.assert_array_equal(apply_layer(it, weights, image[None])[0], np.maximum(plain, 0))
