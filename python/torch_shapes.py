"""Operations in PyTorch that move values and compute none, and resizing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from torch.nn import functional as F  # type: ignore[import-not-found] # noqa: N812

from torch_step import Call, Step, axis_of, channels_first, reshaped


def concat(step: Step) -> Call:
    """The inputs one after the other along an axis."""
    [axis] = step.axes("axis")
    return lambda *inputs: torch.cat(inputs, axis)


def flatten(step: Step) -> Call:
    """A vector, read in the order of axes that the node states."""
    axes = step.axes("order")
    return lambda x: torch.flatten(x.permute(0, *axes), 1)


def reshape(step: Step) -> Call:
    """Another shape, read row by row with channels last."""
    shape = step.node.shape
    return lambda x: reshaped(x, shape)


def transpose(step: Step) -> Call:
    """The axes of one image in another order."""
    axes = step.axes("order")
    return lambda x: channels_first(x.permute(0, *axes))


def pad(step: Step) -> Call:
    """Values around the image: one value, the mirrored image without its edge, or the edge."""
    pads = _in_order(step, step.attribute("pads"))
    mode, value = step.attribute("mode"), step.attribute("value")
    if mode == "constant":
        flat = [number for pair in reversed(pads) for number in pair]
        return lambda x: F.pad(x, flat, value=value)
    if len(step.shape) == 3 and pads[0] == (0, 0):
        names = {"reflect": "reflect", "edge": "replicate"}
        return lambda x: F.pad(x, [*pads[2], *pads[1]], names[mode])
    sizes = _in_order(step, step.shape)
    places = [np.pad(np.arange(n), pair, mode) for n, pair in zip(sizes, pads, strict=True)]
    return _picked(step, places)


def crop(step: Step) -> Call:
    """The image without some values at the beginning and end of every axis."""
    pads = [(-before, -after) for before, after in _in_order(step, step.attribute("crops"))]
    flat = [number for pair in reversed(pads) for number in pair]
    return lambda x: F.pad(x, flat)


def resize(step: Step) -> Call:
    """F.interpolate where its rule is the node's; else rows and columns by their places."""
    size, sources = tuple(step.attribute("size")), step.shape[:2]
    rule, rounding = step.attribute("coordinates"), step.attribute("rounding")
    if step.attribute("method") == "nearest":
        places = [nearest(n, m, rule, rounding) for n, m in zip(sources, size, strict=True)]
        for mode in ("nearest", "nearest-exact"):
            if _interpolates_so(mode, sources, places):
                return lambda x, mode=mode: F.interpolate(x, size, mode=mode)
        return _picked(step, [np.arange(step.shape[2]), *places])
    half_pixel = rule == "half_pixel" or (rule == "pytorch_half_pixel" and 1 not in size)
    if half_pixel or rule == "align_corners":
        corners = rule == "align_corners"
        return lambda x: F.interpolate(x, size, mode="bilinear", align_corners=corners)
    for axis, (n, m) in enumerate(zip(sources, size, strict=True)):
        low, share = _neighbours(n, m, rule)
        _hold_places(step, f"low{axis}", low)
        _hold_places(step, f"high{axis}", np.minimum(low + 1, n - 1))
        step.hold(f"share{axis}", share[:, None] if axis == 0 else share)

    def call(x: Any) -> Any:
        for axis in (0, 1):
            low, high, share = (getattr(step, f"{n}{axis}") for n in ("low", "high", "share"))
            first, second = x.index_select(2 + axis, low), x.index_select(2 + axis, high)
            x = first * (1 - share) + second * share
        return x

    return call


def nearest(size: int, target: int, rule: str, rounding: str) -> np.ndarray:
    """Return the place from which each place of a resized axis has its value."""
    above, below = _fractions(size, target, rule)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "floor": lambda: above // below,
        "ceil": lambda: -(-above // below),
        "round_prefer_floor": lambda: -((below - 2 * above) // (2 * below)),
        "round_prefer_ceil": lambda: (2 * above + below) // (2 * below),
    }
    places: np.ndarray = np.clip(ways[rounding](), 0, size - 1)
    return places


def _neighbours(size: int, target: int, rule: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the place before each place of a resized axis, and the share of the place after."""
    above, below = _fractions(size, target, rule)
    above = np.clip(above, 0, (size - 1) * below)
    return above // below, above % below / below


def _fractions(size: int, target: int, rule: str) -> tuple[np.ndarray, int]:
    """Where each place lies in the source, as ONNX's Resize defines it: numerators, denominator."""
    index = np.arange(target)
    if rule == "asymmetric":
        return index * size, target
    if rule == "align_corners":
        return index * (size - 1), max(1, target - 1)
    if rule == "pytorch_half_pixel" and target == 1:
        return index, 1
    return (2 * index + 1) * size - target, 2 * target


def _interpolates_so(mode: str, sources: tuple[int, ...], places: list[np.ndarray]) -> bool:
    """Whether F.interpolate reads from just these places: it computes them in float32."""
    for size, wanted in zip(sources, places, strict=True):
        ramp = torch.arange(size, dtype=torch.float32)[None, None]
        found = F.interpolate(ramp, len(wanted), mode=mode)
        if not np.array_equal(found.numpy()[0, 0], wanted):
            return False
    return True


def _in_order(step: Step, per_axis: Any) -> list[Any]:
    """Return what is given for each axis of one image, in the order of PyTorch's axes."""
    rank = len(step.shape)
    pairs = {axis_of(axis, rank): given for axis, given in enumerate(per_axis)}
    return [tuple(v) if isinstance(v, list) else v for _, v in sorted(pairs.items())]


def _picked(step: Step, places: list[np.ndarray]) -> Call:
    """Return a function that picks these places along each of PyTorch's axes."""
    chosen = []
    for axis, wanted in enumerate(places, start=1):
        sizes = _in_order(step, step.shape)
        if not np.array_equal(wanted, np.arange(sizes[axis - 1])):
            _hold_places(step, f"places{axis}", wanted)
            chosen.append(axis)

    def call(x: Any) -> Any:
        for axis in chosen:
            x = x.index_select(axis, getattr(step, f"places{axis}"))
        return x

    return call


def _hold_places(step: Step, name: str, places: np.ndarray) -> None:
    step.register_buffer(name, torch.from_numpy(places.astype(np.int64)))


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
