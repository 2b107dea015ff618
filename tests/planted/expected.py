"""What a network with mistakes computes: float64, written without a look at how tools plant them.

Within one layer the mistakes act in this order, whatever order they are given in:

    kernel and bias changed; operands rounded; product and bias; ReLU (unless missing);
    zeros around it (padding-valid); dropout on the way to the next layer

and on the input: first the values (mean, scale), then the channels, then the axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from netparity.networks import Layer, Network
from tests.planted.plants import (
    FLATTENS,
    INPUT,
    PRECISIONS,
    Plant,
    dropout_mask,
    expand,
    flatten_axes,
    next_layer,
)

Array = npt.NDArray[np.float64]
Weights = Mapping[str, npt.NDArray[np.float32]]

_SIGNIFICANT_BITS = {"precision-bfloat16": 8, "precision-tf32": 11}


def planted_input(
    x: npt.NDArray[np.float32], plants: Sequence[Plant], model: Network
) -> npt.NDArray[np.float64]:
    """The tensor that enters the network in place of x, N x H x W x RGB, mean subtracted."""
    mistakes = {plant.mistake for plant in plants if plant.place == INPUT}
    mean = np.asarray(model.mean_rgb)
    raw = x.astype(np.float64) + mean
    y = x.astype(np.float64)
    if "mean-missing" in mistakes:
        y = raw
    if "mean-twice" in mistakes:
        y = raw - 2 * mean
    if "mean-swapped" in mistakes:
        y = raw - mean[::-1]
    if "scale-0-1" in mistakes:
        y = raw / 255
    if "scale-pm1" in mistakes:
        y = raw / 127.5 - 1
    if "channels-swapped" in mistakes:
        y = y[..., ::-1]
    return y.swapaxes(1, 2) if "axes-swapped" in mistakes else y


def planted_weights(weights: Weights, plants: Sequence[Plant], model: Network) -> dict[str, Array]:
    """The weights that the mistakes leave, in float64; `weights-other` is the caller's."""
    changed = {name: np.asarray(tensor, np.float64) for name, tensor in weights.items()}
    for plant in expand(plants, model):
        if plant.mistake in ("kernels-rotated", "kernels-transposed", "bias-missing", "one-ulp"):
            layer = model.layer(plant.place)
            kernel = changed[layer.kernel]
            if plant.mistake == "kernels-rotated":
                changed[layer.kernel] = np.rot90(kernel, 2, axes=(0, 1))
            elif plant.mistake == "kernels-transposed":
                changed[layer.kernel] = kernel.swapaxes(0, 1)
            elif plant.mistake == "bias-missing":
                changed[layer.bias] = np.zeros_like(changed[layer.bias])
    # Last: it is the weight in the middle of a rotated kernel, too.
    for plant in plants:
        if plant.mistake == "one-ulp":
            layer = model.layer(plant.place)
            kernel = changed[layer.kernel] = changed[layer.kernel].copy()
            at = (1, 1, 0, 0) if layer.kind == "conv" else (0, 0, 0, 0)
            kernel[at] += np.spacing(np.float32(abs(kernel[at])))
    return changed


def forward(
    model: Network,
    weights: Weights,
    x: npt.NDArray[np.floating],
    plants: Sequence[Plant] = (),
    follow: Mapping[str, npt.NDArray[np.float32]] | None = None,
) -> dict[str, Array]:
    """Every layer's exported feature for a tensor that already has the mistakes of the input.

    Args:
        follow: a tool's features. Each layer is then computed from what the tool has before it,
            in place of what we have. Operands that are rounded call for it: a difference of
            1e-7 that takes some of them across a tie becomes one of their own step within a
            few layers. Not for mistakes of the reading, whose features are not what goes on.
    """
    tensors = planted_weights(weights, plants, model)
    precision = next((p.mistake for p in plants if p.mistake in PRECISIONS), None)
    exported: dict[str, Array] = {}
    right: dict[str, Array] = {}
    x = x.astype(np.float64)
    for layer in model.layers:
        mistakes = {plant.mistake for plant in plants if plant.place == layer.name}
        if layer.kind == "pool":
            exported[layer.name] = right[layer.name] = _pool(x, mistakes)
            x = _what_goes_on(layer, right, follow)
            continue
        z = _linear(layer, x, tensors, mistakes, precision)
        a = _activation(layer, z, mistakes)
        if "padding-valid" in mistakes:
            z, a = (np.pad(y, ((0, 0), (1, 1), (1, 1), (0, 0))) for y in (z, a))
        exported[layer.name] = z if "before-relu" in mistakes else a
        right[layer.name] = a
        x = _what_goes_on(layer, right, follow)
        if "dropout" in mistakes:
            x = x * dropout_mask(model, layer.name, len(x))
    for plant in plants:
        if plant.mistake == "off-by-one":
            behind = next_layer(model, model.layer(plant.place))
            assert behind is not None
            exported[plant.place] = right[behind.name]
    return exported


def _what_goes_on(
    layer: Layer, right: Mapping[str, Array], follow: Mapping[str, npt.NDArray[np.float32]] | None
) -> Array:
    return right[layer.name] if follow is None else follow[layer.name].astype(np.float64)


def _linear(
    layer: Layer, x: Array, tensors: Mapping[str, Array], mistakes: set[str], precision: str | None
) -> Array:
    kernel, bias = tensors[layer.kernel], tensors[layer.bias]
    if precision is not None:
        x, kernel = rounded(x, precision), rounded(kernel, precision)
    if layer.kind == "conv":
        if "padding-valid" not in mistakes:
            x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
        return np.einsum("nhwcuv,uvco->nhwo", windows, kernel, optimize=True) + bias
    for flatten in mistakes.intersection(FLATTENS):
        x = x.transpose(0, *(axis + 1 for axis in flatten_axes(flatten)))
    return x.reshape(len(x), -1) @ kernel.reshape(-1, kernel.shape[3]) + bias


def _activation(layer: Layer, z: Array, mistakes: set[str]) -> Array:
    if layer.activation == "relu":
        return z if "relu-missing" in mistakes else z * (z > 0)
    if "relu-added" in mistakes:
        z = z * (z > 0)
    if "softmax-missing" in mistakes:
        return z
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _pool(x: Array, mistakes: set[str]) -> Array:
    if "pool-padding" in mistakes:
        x = np.pad(x, ((0, 0), (1, 0), (1, 0), (0, 0)), constant_values=-np.inf)
    count, height, width, channels = x.shape
    windows = x[:, : height // 2 * 2, : width // 2 * 2].reshape(
        count, height // 2, 2, width // 2, 2, channels
    )
    return windows.mean(axis=(2, 4)) if "pool-average" in mistakes else windows.max(axis=(2, 4))


def rounded(x: Array, precision: str) -> Array:
    """To nearest, ties to even, as a multiplier of that precision sees its operands."""
    if precision == "precision-float16":
        return x.astype(np.float32).astype(np.float16).astype(np.float64)
    fraction, exponent = np.frexp(x.astype(np.float32).astype(np.float64))
    scale = 2.0 ** _SIGNIFICANT_BITS[precision]
    return np.ldexp(np.rint(fraction * scale) / scale, exponent)
