"""Operations in Theano that move values and compute none, and resizing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import theano.tensor as tt  # type: ignore[import-not-found]

from theano_step import Step, constant, filled


def concat(step: Step) -> Any:
    """The inputs one after the other along an axis."""
    [axis] = step.axes("axis")
    return tt.concatenate(step.inputs, axis=axis)


def flatten(step: Step) -> Any:
    """A vector, read in the order of axes that the node states."""
    return step.reshaped(step.x.dimshuffle(0, *step.axes("order")))


def reshape(step: Step) -> Any:
    """Another shape, row by row."""
    return step.reshaped(step.x)


def transpose(step: Step) -> Any:
    """The axes of one image in another order."""
    return step.x.dimshuffle(0, *step.axes("order"))


def pad(step: Step) -> Any:
    """Values around the image: one value, the mirrored image without its edge, or the edge."""
    pads = [tuple(pair) for pair in step["pads"]]
    if step["mode"] == "constant":
        return filled(step.x, pads, step.shape, step["value"])
    x = step.x
    for axis, (size, (before, after)) in enumerate(zip(step.shape, pads, strict=True), start=1):
        if before or after:
            x = tt.take(x, _padded(size, before, after, step["mode"]), axis=axis)
    return x


def crop(step: Step) -> Any:
    """The image without some values at the beginning and end of every axis."""
    sides = zip(step.shape, step["crops"], strict=True)
    return step.x[(slice(None), *(slice(before, size - after) for size, (before, after) in sides))]


def resize(step: Step) -> Any:
    """Rows, then columns: each from the nearest, or from two in proportion to their nearness."""
    x = step.x
    for axis, target in enumerate(step["size"]):
        source = step.shape[axis]
        at = _positions(source, target, step["coordinates"])
        if step["method"] == "nearest":
            picked = np.clip(_rounded(at, step["rounding"]), 0, source - 1)
            x = tt.take(x, picked.astype(np.int64), axis=1 + axis)
            continue
        at = np.clip(at, 0, source - 1)
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, source - 1)
        shape = [1, 1, 1, 1]
        shape[1 + axis] = target
        share = constant((at - low).reshape(shape))
        x = tt.take(x, low, axis=1 + axis) * (np.float32(1) - share) + (
            tt.take(x, high, axis=1 + axis) * share
        )
    return x


def _positions(source: int, target: int, coordinates: str) -> np.ndarray:
    """Where each target position lies in the source, as ONNX's Resize defines it."""
    index = np.arange(target, dtype=np.float64)
    if coordinates == "asymmetric":
        return index * source / target
    if coordinates == "align_corners":
        return index * (source - 1) / max(1, target - 1)
    if coordinates == "pytorch_half_pixel" and target == 1:
        return index * 0.0
    return (index + 0.5) * source / target - 0.5


def _padded(size: int, before: int, after: int, mode: str) -> np.ndarray:
    """Return the places along an axis that are read, `reflect` or `edge` beyond its ends."""
    if mode == "edge":
        return np.pad(np.arange(size), (before, after), "edge")
    return np.pad(np.arange(size), (before, after), "reflect")


def _rounded(at: np.ndarray, rounding: str) -> np.ndarray:
    ways: dict[str, Callable[[], np.ndarray]] = {
        "floor": lambda: np.floor(at),
        "ceil": lambda: np.ceil(at),
        "round_prefer_floor": lambda: np.ceil(at - 0.5),
        "round_prefer_ceil": lambda: np.floor(at + 0.5),
    }
    return ways[rounding]()


SHAPES = {
    "concat": concat,
    "flatten": flatten,
    "reshape": reshape,
    "transpose": transpose,
    "pad": pad,
    "crop": crop,
    "resize": resize,
}
"""By the key that nodes use."""
