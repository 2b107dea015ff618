"""Wrong numbers in a loaded Keras network, and operands with fewer bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from keras_plan import WEIGHT_MISTAKES, Plan

DROPPED_BITS = {"bfloat16": 16, "tf32": 13}


def change_weights(network: Any, plan: Plan, flipped: bool) -> None:
    """Make the mistakes that are made by other numbers.

    flipped: whether convolution kernels stand rotated in memory, as Theano has them.
    """
    weighted = [layer for layer in network.layers if layer.get_config().get("use_bias")]
    for layer in weighted:
        mistakes = plan.at(layer.name) & WEIGHT_MISTAKES
        if not mistakes and plan.precision is None:
            continue
        kernel, bias = map(np.array, layer.get_weights())
        # The first layer takes BGR; a plant means the kernel as it stands for RGB.
        view = _canonical_view(kernel, flipped, reverse_inputs=layer is weighted[0])
        _spoil(view, mistakes)
        if "bias-missing" in mistakes:
            bias = np.zeros_like(bias)
        if plan.precision is not None:
            kernel = rounded(kernel, plan.precision)
        layer.set_weights([kernel, bias])


def _canonical_view(kernel: np.ndarray, flipped: bool, reverse_inputs: bool) -> np.ndarray:
    """The kernel as the correlation with an RGB image; writing to it writes to `kernel`."""
    if kernel.ndim != 4:
        return kernel
    view = kernel[::-1, ::-1] if flipped else kernel
    return view[:, :, ::-1] if reverse_inputs else view


def _spoil(kernel: np.ndarray, mistakes: frozenset[str]) -> None:
    if "kernels-rotated" in mistakes:
        kernel[:] = kernel[::-1, ::-1].copy()
    if "kernels-transposed" in mistakes:
        kernel[:] = kernel.transpose(1, 0, 2, 3).copy()
    if "one-ulp" in mistakes:
        at = (1, 1, 0, 0) if kernel.ndim == 4 else (0, 0)
        kernel[at] = np.nextafter(kernel[at], np.float32(np.inf))


def rounded(x: np.ndarray, precision: str) -> np.ndarray:
    """float32 values that fit fewer bits: nearest, ties to even."""
    x = np.ascontiguousarray(x, np.float32)
    if precision == "float16":
        with np.errstate(over="ignore"):
            return x.astype(np.float16).astype(np.float32)
    drop = DROPPED_BITS[precision]
    bits = x.view(np.uint32)
    last_kept = (bits >> np.uint32(drop)) & np.uint32(1)
    bits = bits + np.uint32((1 << (drop - 1)) - 1) + last_kept
    return (bits & np.uint32(0xFFFFFFFF << drop & 0xFFFFFFFF)).view(np.float32)
