"""One layer, computed correctly or in a specified other way.

The reference, the passes of the noise floor, the simulated precisions and the known mistakes differ
from each other only in their `How`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from netparity.models import Layer, Model
from netparity.models.rounding import Precision, rounded
from netparity.parity import arithmetic
from netparity.parity.arithmetic import Array

Weights = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class How:
    """How a layer is computed; the defaults are the network's definition.

    Attributes:
        channel_order: order in which the input channels of a sum are added.
        partial_sums: number of terms per group (`arithmetic.convolve`); `short` for groups of 4,
            or for 64 groups if there are more than 256 terms: almost term by term, as some tools
            sum.
        operands: precision to which inputs and kernels are rounded before multiplication.
        storage: precision in which every result is stored: the sums, with the bias, and after the
            activation.
        kernel: rotated by 180 degrees, or with rows and columns swapped.
        bias: whether the bias is added.
        activation: the layer's own, none, a ReLU, or a ReLU before the layer's own.
        conv_padding: `valid` replaces every value that depends on the padding by zero.
        pooling: maximum or mean of a window.
        pool_shift: rows and columns of padding at the top and left, which shift the windows.
        flatten: order in which a dense layer reads the axes height, width, channels.
    """

    channel_order: Literal["stored", "shuffled", "shuffled-again"] = "stored"
    partial_sums: int | Literal["short"] | None = None
    operands: Precision | None = None
    storage: Precision | None = None
    kernel: Literal["stored", "rotated", "transposed"] = "stored"
    bias: bool = True
    activation: Literal["own", "none", "relu", "relu-own"] = "own"
    conv_padding: Literal["same", "valid"] = "same"
    pooling: Literal["max", "average"] = "max"
    pool_shift: tuple[int, int] = (0, 0)
    flatten: tuple[int, int, int] = (0, 1, 2)


RIGHT = How()


def passes(
    model: Model, weights: Weights, x: Array, how: Callable[[Layer], How] = lambda layer: RIGHT
) -> Iterator[tuple[Layer, Array]]:
    """Run the network in the precision of `x`, one layer at a time.

    Args:
        x: N x H x W x 3, RGB, mean subtracted.

    Yields:
        Layer and its output, N x H x W x C (dense: N x units), after the activation.
    """
    for layer in model.layers:
        x = apply_layer(layer, weights, x, how(layer))
        yield layer, x


def apply_layer(layer: Layer, weights: Weights, x: Array, how: How = RIGHT) -> Array:
    """Compute one layer, including its activation, in the precision of `x`.

    Args:
        x: N x H x W x C (a dense layer accepts any shape with as many values per image).

    Returns:
        N x H x W x C, or N x units for a dense layer.
    """
    if layer.kind == "pool":
        x = _pool(x, how)
    else:
        bias = rounded(weights[layer.bias], how.storage) if how.bias else None
        kernel = _kernel(layer, weights, how)
        x = rounded(x, how.operands)
        if layer.kind == "conv":
            x = np.stack([_convolve(image, kernel, how) for image in x])
        else:
            x = _dense(x, kernel, how)
        x = rounded(x, how.storage)
        if bias is not None:
            x += bias.astype(x.dtype, copy=False)
        x = _activate(layer, rounded(x, how.storage), how)
        if layer.kind == "conv" and how.conv_padding == "valid":
            x = _blank_border(x, kernel.shape[0] // 2)
    return rounded(x, how.storage)


def _kernel(layer: Layer, weights: Weights, how: How) -> npt.NDArray[np.float32]:
    kernel = weights[layer.kernel]
    if how.kernel == "rotated":
        kernel = kernel[::-1, ::-1]
    elif how.kernel == "transposed":
        kernel = kernel.swapaxes(0, 1)
    return rounded(kernel, how.operands)


def _order(channels: int, how: How) -> npt.NDArray[np.intp] | None:
    """The order in which channels are added; None for the stored order."""
    if how.channel_order == "stored":
        return None
    # Reversing is not enough: some matrix products add groups of four in both directions alike.
    seed = [channels, how.channel_order == "shuffled-again"]
    return np.random.default_rng(seed).permutation(channels)


def _group(how: How, terms: int) -> int | None:
    return max(4, terms // 64) if how.partial_sums == "short" else how.partial_sums


def _convolve(image: Array, kernel: npt.NDArray[np.float32], how: How) -> Array:
    order = _order(kernel.shape[2], how)
    if order is not None:
        image, kernel = image[:, :, order], kernel[:, :, order]
    terms = int(np.prod(kernel.shape[:3]))
    return arithmetic.convolve(image, kernel, _group(how, terms))


def _dense(x: Array, kernel: npt.NDArray[np.float32], how: How) -> Array:
    if x.ndim == 4:
        x = x.transpose(0, *(1 + axis for axis in how.flatten))
    flat, matrix = x.reshape(len(x), -1), kernel.reshape(-1, kernel.shape[3])
    order = _order(len(matrix), how)
    if order is not None:
        flat, matrix = flat[:, order], matrix[order]
    return arithmetic.dense(flat, matrix, _group(how, len(matrix)))


def _activate(layer: Layer, x: Array, how: How) -> Array:
    if how.activation == "none":
        return x
    if how.activation != "own":
        x = arithmetic.relu(x)
        if how.activation == "relu":
            return x
    return arithmetic.relu(x) if layer.activation == "relu" else arithmetic.softmax(x)


def _pool(x: Array, how: How) -> Array:
    rows, columns = how.pool_shift
    if rows or columns:
        height, width = x.shape[1:3]
        border = -np.inf if how.pooling == "max" else 0
        margins = ((0, 0), (rows, 0), (columns, 0), (0, 0))
        x = np.pad(x, margins, constant_values=border)[:, :height, :width]
    return arithmetic.max_pool(x) if how.pooling == "max" else arithmetic.average_pool(x)


def _blank_border(x: Array, width: int) -> Array:
    inside = np.zeros_like(x)
    window = (slice(None), slice(width, x.shape[1] - width), slice(width, x.shape[2] - width))
    inside[window] = x[window]
    return inside
