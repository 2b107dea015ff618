"""Convolutions and matrix products in NumPy, in the precision of their input.

They share no code with any compared tool. In float64 they compute the reference; in float32, with
sums in several orders, the noise floor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from netparity.networks.ops.base import Array, How

_BLOCK_BYTES = 8 * 2**20
"""Patches per matrix product: few enough to stay in cache."""

_DENSE_ROWS = 256
"""Rows of a dense kernel converted to float64 at a time: all of VGG16's fc6 would take 822 MB."""

Pair = tuple[int, int]


def window_places(size: int, window: int, stride: int, dilation: int) -> int:
    """How many windows fit into `size` values, the padding included; 0 or less if none does."""
    return (size - dilation * (window - 1) - 1) // stride + 1


def pad_image(x: Array, pads: tuple[int, int, int, int], value: float = 0.0) -> Array:
    """Add rows and columns at the top, bottom, left and right of N x H x W x C."""
    if not any(pads):
        return x
    top, bottom, left, right = pads
    count, height, width, channels = x.shape
    padded = np.empty((count, height + top + bottom, width + left + right, channels), x.dtype)
    padded[:, :top] = value
    padded[:, top + height :] = value
    padded[:, top : top + height, :left] = value
    padded[:, top : top + height, left + width :] = value
    padded[:, top : top + height, left : left + width] = x
    return padded


def order_of(channels: int, how: How) -> npt.NDArray[np.intp] | None:
    """The order in which channels are added; None for the stored order."""
    if how.channel_order == "stored":
        return None
    # Reversing is not enough: some matrix products add groups of four in both directions alike.
    seed = [channels, how.channel_order == "shuffled-again"]
    return np.random.default_rng(seed).permutation(channels)


def group_of(how: How, terms: int) -> int | None:
    """The number of terms that are added up at a time."""
    return max(4, terms // 64) if how.partial_sums == "short" else how.partial_sums


def convolve(
    padded: Array,
    kernel: npt.NDArray[np.floating],
    strides: Pair = (1, 1),
    dilations: Pair = (1, 1),
    partial_sums: int | None = None,
    out: Array | None = None,
) -> Array:
    """Correlation of one padded image with a kernel.

    y[i, j, o] = sum over u, v, c of x[i s + u d, j s + v d, c] k[u, v, c, o]

    Args:
        padded: H x W x C, in the precision of the computation.
        kernel: kh x kw x C x O.
        partial_sums: number of terms per group; a sum is added up group by group. None leaves the
            order to the matrix product.
        out: where the result is written, contiguous; a new array if None.

    Returns:
        H x W x O, of the image's type.
    """
    window, outputs = kernel.shape[:2], kernel.shape[3]
    height, width = (
        window_places(*sizes)
        for sizes in zip(padded.shape[:2], window, strides, dilations, strict=True)
    )
    matrix = kernel.astype(padded.dtype, copy=False).reshape(-1, outputs)
    result = np.empty((height, width, outputs), padded.dtype) if out is None else out
    if window == (1, 1) and strides == (1, 1):
        flat = padded.reshape(-1, padded.shape[2])
        multiply(flat, matrix, partial_sums, result.reshape(-1, outputs))
        return result
    row_bytes = width * matrix.shape[0] * padded.dtype.itemsize
    for start, stop in _row_blocks(height, row_bytes):
        patches = _patches(padded, start, stop, width, (window[0], window[1]), strides, dilations)
        multiply(patches, matrix, partial_sums, result[start:stop].reshape(-1, outputs))
    return result


def multiply(left: Array, right: Array, partial_sums: int | None, out: Array) -> None:
    """A matrix product whose sums are taken in groups."""
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


def _patches(
    padded: Array, start: int, stop: int, width: int, window: Pair, strides: Pair, dilations: Pair
) -> Array:
    """The kh x kw x C neighbourhood of every place in rows `start` to `stop`, one per row."""
    channels = padded.shape[2]
    row_stride, column_stride, item = padded.strides
    rows = stop - start
    patches = np.empty((rows, width, window[0], window[1] * channels), padded.dtype)
    if dilations[1] == 1 and padded.flags.c_contiguous:
        # The neighbours in a row lie next to each other: a window is one run of kw*C values.
        shape: tuple[int, ...] = (rows, width, window[1] * channels)
        steps: tuple[int, ...] = (row_stride * strides[0], column_stride * strides[1], item)
    else:
        shape = (rows, width, window[1], channels)
        steps = (
            *(row_stride * strides[0], column_stride * strides[1]),
            *(column_stride * dilations[1], item),
        )
    for offset in range(window[0]):
        view = np.lib.stride_tricks.as_strided(
            padded[start * strides[0] + offset * dilations[0] :],
            shape=shape,
            strides=steps,
            writeable=False,
        )
        patches[:, :, offset].reshape(shape)[...] = view
    return patches.reshape(rows * width, -1)


def dense(flat: Array, matrix: npt.NDArray[np.floating], partial_sums: int | None = None) -> Array:
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


def add_bias(x: Array, bias: npt.NDArray[np.floating] | None) -> Array:
    """Add a bias to the last axis, in place."""
    if bias is not None:
        x += bias.astype(x.dtype, copy=False)
    return x


def add_up(terms: Sequence[Array], how: How) -> Array:
    """Arrays of one shape, added in the order and the groups of `how`."""
    order = order_of(len(terms), how)
    ordered = terms if order is None else [terms[place] for place in order]
    group = group_of(how, len(terms)) or len(terms)
    total: Array | None = None
    for start in range(0, len(ordered), group):
        partial = ordered[start].copy()
        for term in ordered[start + 1 : start + group]:
            partial += term
        total = partial if total is None else total + partial
    assert total is not None
    return total


def total_over(x: Array, axes: tuple[int, ...], how: How) -> Array:
    """The sum over axes, which are kept with size 1.

    Args:
        axes: axes of the array, the batch counted: 1 is the first axis of one image.
    """
    terms = math.prod(x.shape[axis] for axis in axes)
    order, group = order_of(terms, how), group_of(how, terms)
    if order is None and group is None:
        return np.asarray(x.sum(axis=axes, keepdims=True))
    kept = [1 if axis in axes else size for axis, size in enumerate(x.shape)]
    last = tuple(range(x.ndim - len(axes), x.ndim))
    flat = np.moveaxis(x, axes, last).reshape(-1, terms)
    if order is not None:
        flat = flat[:, order]
    group = group or terms
    total = np.zeros(len(flat), x.dtype)
    for start in range(0, terms, group):
        total += flat[:, start : start + group].sum(axis=1)
    return total.reshape(kept)
