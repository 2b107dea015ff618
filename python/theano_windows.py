"""Convolutions and pools in Theano that Keras's layers cannot express."""

from __future__ import annotations

from typing import Any

import numpy as np
import theano.tensor as tt  # type: ignore[import-not-found]
from theano.tensor.nnet import abstract_conv  # type: ignore[import-not-found]
from theano.tensor.signal.pool import pool_2d  # type: ignore[import-not-found]

from theano_step import Step, channels_first, channels_last, constant, filled


def conv(step: Step) -> Any:
    """A convolution in groups, with any padding."""
    kernel = step.tensors["kernel"].transpose(3, 2, 0, 1)
    top, bottom, left, right = step["pads"]
    values = tt.nnet.conv2d(
        channels_first(step.x),
        constant_kernel(kernel),
        input_shape=(None, step.shape[2], *step.shape[:2]),
        filter_shape=kernel.shape,
        border_mode=((top, bottom), (left, right)),
        subsample=tuple(step["strides"]),
        filter_flip=False,
        filter_dilation=tuple(step["dilations"]),
        num_groups=step["groups"],
    )
    return with_bias(step, channels_last(values))


def conv_transpose(step: Step) -> Any:
    """The gradient of a convolution, cut at its sides or filled where a crop is negative."""
    kernel = step.tensors["kernel"].transpose(3, 2, 0, 1)
    groups, strides, dilations = step["groups"], step["strides"], step["dilations"]
    whole = [
        (size - 1) * stride + dilation * (length - 1) + 1
        for size, stride, dilation, length in zip(
            step.shape[:2], strides, dilations, kernel.shape[2:], strict=True
        )
    ]
    units = kernel.shape[1] * groups
    values = abstract_conv.conv2d_grad_wrt_inputs(
        channels_first(step.x),
        constant_kernel(kernel),
        input_shape=(None, units, *whole),
        filter_shape=kernel.shape,
        border_mode="valid",
        subsample=tuple(strides),
        filter_flip=False,
        filter_dilation=tuple(dilations),
        num_groups=groups,
    )
    values = channels_last(values)
    top, bottom, left, right = step["crops"]
    inside = values[
        :,
        max(0, top) : whole[0] - max(0, bottom),
        max(0, left) : whole[1] - max(0, right),
    ]
    pads = [(max(0, -top), max(0, -bottom)), (max(0, -left), max(0, -right)), (0, 0)]
    if any(before or after for before, after in pads):
        shape = (
            whole[0] - max(0, top) - max(0, bottom),
            whole[1] - max(0, left) - max(0, right),
            units,
        )
        inside = filled(inside, pads, shape, 0.0)
    return with_bias(step, inside)


def constant_kernel(kernel: np.ndarray) -> Any:
    """Return a kernel in memory; no axis broadcasts, since convolutions take none that does."""
    return tt.patternbroadcast(constant(kernel), [False] * kernel.ndim)


def with_bias(step: Step, values: Any) -> Any:
    """Add the bias of every output channel, if there is one."""
    bias = step.tensors.get("bias")
    return values if bias is None else values + constant(bias.reshape((1,) * 3 + (-1,)))


def max_pool(step: Step) -> Any:
    """The maximum of each window; what lies outside the image is ignored."""
    padded, _ = _padded(step, -np.inf)
    return _pooled(step, padded, "max", tt.maximum)


def average_pool(step: Step) -> Any:
    """The sum of each window, divided by the number of values that count."""
    padded, counts = _padded(step, 0.0)
    return _pooled(step, padded, "sum", tt.add) / constant(counts[None, :, :, None])


def _padded(step: Step, value: float) -> tuple[Any, np.ndarray]:
    """The padded image, and how many values of each window count.

    With `ceil`, the last window may reach beyond the padding; what lies there never counts.
    """
    top, bottom, left, right = step["pads"]
    pads, counts = [], []
    for axis, (before, after) in enumerate(((top, bottom), (left, right))):
        size, places = step.shape[axis], step.node.shape[axis]
        window, stride = step["window"][axis], step["strides"][axis]
        dilation = step["dilations"][axis]
        reach = (places - 1) * stride + dilation * (window - 1) + 1
        pads.append((before, max(after, reach - size - before)))
        at = np.arange(places)[:, None] * stride + np.arange(window) * dilation - before
        counted = step.node.attributes.get("count_padding", False)
        low, high = (-before, size + after) if counted else (0, size)
        counts.append(np.sum((at >= low) & (at < high), axis=1))
    x = step.x
    if any(before or after for before, after in pads):
        x = filled(x, [*pads, (0, 0)], step.shape, value)
    return x, np.maximum(1, np.outer(*counts)).astype(np.float32)


def _pooled(step: Step, padded: Any, mode: str, combine: Any) -> Any:
    window, strides, dilations = step["window"], step["strides"], step["dilations"]
    height, width = step.node.shape[:2]
    if tuple(dilations) == (1, 1):
        pooled = channels_last(
            pool_2d(
                channels_first(padded),
                ws=tuple(window),
                stride=tuple(strides),
                ignore_border=True,
                mode=mode,
            )
        )
        return pooled[:, :height, :width]
    result = None
    for u in range(window[0]):
        for v in range(window[1]):
            top, left = u * dilations[0], v * dilations[1]
            view = padded[
                :,
                top : top + (height - 1) * strides[0] + 1 : strides[0],
                left : left + (width - 1) * strides[1] + 1 : strides[1],
            ]
            result = view if result is None else combine(result, view)
    return result


WINDOWS = {
    "conv": conv,
    "conv_transpose": conv_transpose,
    "max_pool": max_pool,
    "average_pool": average_pool,
}
"""By the key that nodes use."""
