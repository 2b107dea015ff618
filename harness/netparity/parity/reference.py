"""The reference: a float64 forward pass in NumPy, independent of every compared tool.

Its rounding error is about 2^-29 of a float32 pass's, so against float32 features it may be
taken for the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from netparity.models import Layer, Model

Array = npt.NDArray[np.float64]
Weights = Mapping[str, npt.NDArray[np.float32]]

_BLOCK_BYTES = 8 * 2**20
"""Patches gathered for one matrix product: small enough to stay in cache."""

_DENSE_ROWS = 4096
"""Rows of a dense kernel widened to float64 at a time: fc6 of VGG16 would be 822 MB."""


def forward(
    model: Model,
    weights: Weights,
    images: npt.NDArray[np.float32],
    keep: frozenset[str],
    done: Callable[[Layer], None] = lambda layer: None,
) -> dict[str, Array]:
    """Run the network in float64.

    Args:
        images: N x H x W x 3, RGB, mean subtracted.
        keep: names of the layers whose output is wanted; the pass ends after the last of them.
        done: called after each layer.

    Returns:
        Layer name to N x H x W x C (dense: N x units), float64, after the activation.
    """
    kept: dict[str, Array] = {}
    x: Array = images.astype(np.float64)
    for layer in model.layers:
        x = apply_layer(layer, weights, x)
        done(layer)
        if layer.name in keep:
            kept[layer.name] = x
        if len(kept) == len(keep):
            break
    return kept


def apply_layer(layer: Layer, weights: Weights, x: Array) -> Array:
    """One layer, activation included.

    Args:
        x: N x H x W x C (a dense layer accepts any shape with as many values per image).

    Returns:
        N x H x W x C, or N x units for a dense layer.
    """
    if layer.kind == "pool":
        return max_pool(x)
    kernel, bias = weights[layer.kernel], weights[layer.bias].astype(np.float64)
    if layer.kind == "conv":
        x = np.stack([convolve(image, kernel, bias) for image in x])
    else:
        x = dense(x, kernel, bias)
    return relu(x) if layer.activation == "relu" else softmax(x)


def convolve(image: Array, kernel: npt.NDArray[np.float32], bias: Array) -> Array:
    """Correlation with a K x K kernel (K odd), stride 1, zeros beyond the border.

    y[i, j, o] = b[o] + sum over u, v, c of x[i + u - K//2, j + v - K//2, c] k[u, v, c, o]

    Args:
        image: H x W x C.
        kernel: K x K x C x O.
        bias: O.

    Returns:
        H x W x O.
    """
    height, width, _ = image.shape
    size, outputs = kernel.shape[0], kernel.shape[3]
    matrix = kernel.astype(np.float64).reshape(-1, outputs)
    padded = np.pad(image, ((size // 2,) * 2, (size // 2,) * 2, (0, 0)))
    result = np.empty((height, width, outputs))
    for start, stop in _row_blocks(height, width * matrix.shape[0] * 8):
        patches = _patches(padded, start, stop, width, size)
        np.matmul(patches, matrix, out=result[start:stop].reshape(-1, outputs))
    result += bias
    return result


def _row_blocks(rows: int, row_bytes: int) -> Iterator[tuple[int, int]]:
    step = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, rows, step):
        yield start, min(start + step, rows)


def _patches(padded: Array, start: int, stop: int, width: int, size: int) -> Array:
    """The K x K x C neighbourhood of every pixel in rows `start` to `stop`, one per row."""
    channels = padded.shape[2]
    patches = np.empty((stop - start, width, size, size * channels))
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


def max_pool(x: Array) -> Array:
    """Maximum over 2 x 2 windows, stride 2; an odd last row or column is left out.

    Args:
        x: N x H x W x C.
    """
    height, width = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    x = x[:, :height, :width]
    return np.maximum(
        np.maximum(x[:, 0::2, 0::2], x[:, 1::2, 0::2]),
        np.maximum(x[:, 0::2, 1::2], x[:, 1::2, 1::2]),
    )


def dense(x: Array, kernel: npt.NDArray[np.float32], bias: Array) -> Array:
    """Every input to every unit; inputs are flattened height, width, channels.

    Args:
        x: N x H x W x C or N x C.
        kernel: H x W x C x units.

    Returns:
        N x units.
    """
    flat = x.reshape(len(x), -1)
    matrix = kernel.reshape(-1, kernel.shape[3])
    result = np.tile(bias, (len(x), 1))
    for start in range(0, len(matrix), _DENSE_ROWS):
        rows = slice(start, start + _DENSE_ROWS)
        result += flat[:, rows] @ matrix[rows].astype(np.float64)
    return result


def relu(x: Array) -> Array:
    """max(x, 0), in place; NaN stays NaN."""
    return np.maximum(x, 0, out=x)


def softmax(x: Array) -> Array:
    """exp(x) / sum(exp(x)) over the last axis, shifted by the maximum against overflow."""
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))
