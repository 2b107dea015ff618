"""The operations of a network in NumPy, in the precision of their input.

They share no code with any compared tool. In float64 they compute the reference; in float32, with
sums in several orders, the noise floor.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]

_BLOCK_BYTES = 8 * 2**20
"""Patches per matrix product: few enough to stay in cache."""

_DENSE_ROWS = 256
"""Rows of a dense kernel converted to float64 at a time: all of VGG16's fc6 would take 822 MB."""


def convolve(
    image: Array,
    kernel: npt.NDArray[np.float32],
    partial_sums: int | None = None,
) -> Array:
    """Correlation with a K x K kernel (K odd), stride 1, with zero padding.

    y[i, j, o] = sum over u, v, c of x[i + u - K//2, j + v - K//2, c] k[u, v, c, o]

    Args:
        image: H x W x C, in the precision of the computation.
        kernel: K x K x C x O.
        partial_sums: number of terms per group; a sum is added up group by group. None leaves the
            order to the matrix product.

    Returns:
        H x W x O, of the image's type.
    """
    height, width, _ = image.shape
    size, outputs = kernel.shape[0], kernel.shape[3]
    matrix = kernel.astype(image.dtype, copy=False).reshape(-1, outputs)
    padded = np.pad(image, ((size // 2,) * 2, (size // 2,) * 2, (0, 0)))
    result = np.empty((height, width, outputs), image.dtype)
    row_bytes = width * matrix.shape[0] * image.dtype.itemsize
    for start, stop in _row_blocks(height, row_bytes):
        patches = _patches(padded, start, stop, width, size)
        _multiply(patches, matrix, partial_sums, result[start:stop].reshape(-1, outputs))
    return result


def _multiply(left: Array, right: Array, partial_sums: int | None, out: Array) -> None:
    if partial_sums is None:
        np.matmul(left, right, out=out)
        return
    out[...] = 0
    for start in range(0, len(right), partial_sums):
        terms = slice(start, start + partial_sums)
        out += left[:, terms] @ right[terms]


def _row_blocks(rows: int, row_bytes: int) -> Iterator[tuple[int, int]]:
    step = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, rows, step):
        yield start, min(start + step, rows)


def _patches(padded: Array, start: int, stop: int, width: int, size: int) -> Array:
    """The K x K x C neighbourhood of every pixel in rows `start` to `stop`, one per row."""
    channels = padded.shape[2]
    patches = np.empty((stop - start, width, size, size * channels), padded.dtype)
    row_stride, column_stride, item = padded.strides
    for offset in range(size):
        # K neighbours in a row lie next to each other: a window is one run of K*C values.
        patches[:, :, offset] = np.lib.stride_tricks.as_strided(
            padded[start + offset :],
            shape=(stop - start, width, size * channels),
            strides=(row_stride, column_stride, item),
            writeable=False,
        )
    return patches.reshape((stop - start) * width, -1)


def dense(
    flat: Array,
    matrix: npt.NDArray[np.float32],
    partial_sums: int | None = None,
) -> Array:
    """Multiply inputs by a dense layer's matrix.

    Args:
        flat: N x inputs, in the precision of the computation.
        matrix: inputs x units.
        partial_sums: as in `convolve`. In float64 the sum is always taken in parts, so that the
            whole matrix is never converted at once.

    Returns:
        N x units, of the input's type.
    """
    if partial_sums is None:
        whole = flat.dtype == matrix.dtype
        partial_sums = len(matrix) if whole else _DENSE_ROWS
    result = np.zeros((len(flat), matrix.shape[1]), flat.dtype)
    for start in range(0, len(matrix), partial_sums):
        rows = slice(start, start + partial_sums)
        result += flat[:, rows] @ matrix[rows].astype(flat.dtype, copy=False)
    return result


def max_pool(x: Array) -> Array:
    """Maximum over 2 x 2 windows, stride 2; an odd last row or column is ignored.

    Args:
        x: N x H x W x C.
    """
    a, b, c, d = _corners(x)
    return np.maximum(np.maximum(a, b), np.maximum(c, d))


def average_pool(x: Array) -> Array:
    """Mean over 2 x 2 windows, stride 2; an odd last row or column is ignored.

    Args:
        x: N x H x W x C.
    """
    a, b, c, d = _corners(x)
    return np.asarray((a + b + c + d) / 4, dtype=x.dtype)


def _corners(x: Array) -> tuple[Array, Array, Array, Array]:
    """The four corners of every 2 x 2 window."""
    height, width = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    x = x[:, :height, :width]
    return x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]


def relu(x: Array) -> Array:
    """max(x, 0), in place; NaN stays NaN."""
    return np.maximum(x, 0, out=x)


def softmax(x: Array) -> Array:
    """exp(x) / sum(exp(x)) over the last axis, shifted by the maximum to avoid overflow."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))
