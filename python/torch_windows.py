"""Convolutions, matrix products and pools in PyTorch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from torch.nn import functional as F  # type: ignore[import-not-found] # noqa: N812

from torch_step import Call, Step, channels_first, channels_last


def conv(step: Step) -> Call:
    """A convolution in groups; PyTorch pads both sides alike, so other pads are added before."""
    step.hold("kernel", step.given["kernel"].transpose(3, 2, 0, 1))
    step.hold("bias", step.given.get("bias"))
    before, padding = _padding(step.attribute("pads"))
    strides, dilations = _pair(step, "strides"), _pair(step, "dilations")
    groups = step.attribute("groups")

    def call(x: Any) -> Any:
        x = F.pad(x, before) if before else x
        return F.conv2d(x, step.kernel, step.bias, strides, padding, dilations, groups)

    return call


def conv_transpose(step: Step) -> Call:
    """A transposed convolution; crops that PyTorch does not have are made afterwards."""
    step.hold("kernel", step.given["kernel"].transpose(3, 2, 0, 1))
    step.hold("bias", step.given.get("bias"))
    strides, dilations = _pair(step, "strides"), _pair(step, "dilations")
    groups = step.attribute("groups")
    top, bottom, left, right = step.attribute("crops")
    padding, more = (top, left), (top - bottom, left - right)
    possible = min(padding) >= 0 and all(
        0 <= extra < max(stride, dilation)
        for extra, stride, dilation in zip(more, strides, dilations, strict=True)
    )

    def call(x: Any) -> Any:
        return F.conv_transpose2d(
            x, step.kernel, step.bias, strides, padding, more, groups, dilations
        )

    def cropped(x: Any) -> Any:
        x = F.conv_transpose2d(x, step.kernel, None, strides, 0, 0, groups, dilations)
        x = F.pad(x, (-left, -right, -top, -bottom))
        return x if step.bias is None else x + step.bias[:, None, None]

    return call if possible else cropped


def dense(step: Step) -> Call:
    """A matrix product over the last axis, or over the whole map."""
    kernel, rank = step.given["kernel"], len(step.shape)
    on_map = kernel.ndim == 4 and rank == 3
    if on_map:
        kernel = kernel.transpose(2, 0, 1, 3)  # read in PyTorch's order, not height first
    step.hold("kernel", kernel.reshape(-1, kernel.shape[-1]).T)
    step.hold("bias", step.given.get("bias"))
    if kernel.ndim > 2 or rank == 1:
        return lambda x: F.linear(torch.flatten(x, 1), step.kernel, step.bias)
    return lambda x: channels_first(F.linear(channels_last(x), step.kernel, step.bias))


def max_pool(step: Step) -> Call:
    """The maximum of each window; what lies outside the image is ignored."""
    window, strides, dilations = (_pair(step, key) for key in ("window", "strides", "dilations"))
    before, padding = _pool_padding(step)
    ceil = bool(step.attribute("ceil"))
    if before is None:
        return lambda x: F.max_pool2d(x, window, strides, padding, dilations, ceil)
    height, width = step.node.shape[:2]

    def call(x: Any) -> Any:
        x = F.pad(x, before, value=-math.inf)
        return F.max_pool2d(x, window, strides, 0, dilations)[:, :, :height, :width]

    return call


def average_pool(step: Step) -> Call:
    """The mean of each window, of the values in the image or of its padding too."""
    window, strides = _pair(step, "window"), _pair(step, "strides")
    before, padding = _pool_padding(step)
    ceil, counted = bool(step.attribute("ceil")), bool(step.attribute("count_padding"))
    dilations = _pair(step, "dilations")
    if before is None and dilations == (1, 1):
        return lambda x: F.avg_pool2d(x, window, strides, padding, ceil, counted)
    step.hold("counts", _counts(step, counted))
    before = _whole_padding(step)
    height, width = step.node.shape[:2]

    def call(x: Any) -> Any:
        x = F.pad(x, before)
        total = 0
        for u in range(window[0]):
            for v in range(window[1]):
                rows, columns = x[:, :, u * dilations[0] :], v * dilations[1]
                taps = rows[:, :, :: strides[0], columns :: strides[1]]
                total = total + taps[:, :, :height, :width]
        return total / step.counts

    return call


def _pair(step: Step, name: str) -> tuple[int, int]:
    first, second = step.attribute(name)
    return first, second


def _padding(pads: Any) -> tuple[tuple[int, ...] | None, tuple[int, int]]:
    """Return what `F.pad` has to add before an operation, and what the operation pads itself."""
    top, bottom, left, right = pads
    if top == bottom and left == right:
        return None, (top, left)
    return (left, right, top, bottom), (0, 0)


def _pool_padding(step: Step) -> tuple[tuple[int, ...] | None, tuple[int, int]]:
    """As `_padding`; a pool of PyTorch pads at most half of its window."""
    before, padding = _padding(step.attribute("pads"))
    window = _pair(step, "window")
    if before is None and all(2 * pad <= size for pad, size in zip(padding, window, strict=True)):
        return None, padding
    return _whole_padding(step), (0, 0)


def _whole_padding(step: Step) -> tuple[int, int, int, int]:
    """Return left, right, top and bottom with what the last window reads beyond the pads."""
    top, bottom, left, right = step.attribute("pads")
    extra = []
    for axis, (before, after) in enumerate(((top, bottom), (left, right))):
        window, stride, dilation = (
            step.attribute(key)[axis] for key in ("window", "strides", "dilations")
        )
        reach = (step.node.shape[axis] - 1) * stride + dilation * (window - 1) + 1
        extra.append(max(0, reach - (before + step.shape[axis] + after)))
    return left, right + extra[1], top, bottom + extra[0]


def _counts(step: Step, counted: bool) -> np.ndarray:
    """Return how many values the mean of each window is of, height x width."""
    per_axis = []
    for axis, (before, after) in enumerate(zip(*[iter(step.attribute("pads"))] * 2, strict=True)):
        window, stride, dilation = (
            step.attribute(key)[axis] for key in ("window", "strides", "dilations")
        )
        size, places = step.shape[axis], np.arange(step.node.shape[axis])[:, None]
        at = places * stride - before + np.arange(window) * dilation
        low, high = (-before, size + after) if counted else (0, size)
        per_axis.append(((at >= low) & (at < high)).sum(axis=1))
    counts: np.ndarray = np.maximum(1, np.outer(*per_axis))
    return counts


WINDOWS = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "dense": dense,
    "max_pool": max_pool,
    "average_pool": average_pool,
}
"""By the key that nodes use."""
