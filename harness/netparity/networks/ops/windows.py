"""What operations with windows share: pads, strides, floor or ceil, and the values of a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import check_channels, check_flag, check_wholes
from netparity.networks.ops.base import REQUIRED, Array, Op, Step, attribute_of, wrong

MOST_STRIDE = 4096

POOL_DEFAULTS: Mapping[str, Any] = {
    "window": REQUIRED,
    "strides": (1, 1),
    "pads": (0, 0, 0, 0),
    "dilations": (1, 1),
    "ceil": False,
}


def check_windows(op: Op, node: Node) -> None:
    """Refuse strides, dilations, windows, pads and a rounding that make no sense.

    Raises:
        GraphError: naming the node, the attribute and its value.
    """
    for name, count, least in (
        ("strides", 2, 1),
        ("dilations", 2, 1),
        ("window", 2, 1),
        ("pads", 4, 0),
    ):
        if name in op.defaults:
            check_wholes(op, node, name, count, least, MOST_STRIDE)
    for name in ("ceil", "count_padding"):
        if name in op.defaults:
            check_flag(op, node, name)


def pooled_size(
    size: int, window: int, stride: int, before: int, after: int, dilation: int, ceil: bool = False
) -> int:
    """How many windows there are along an axis; 0 if none fits.

    With `ceil`, a last window that reaches beyond the padding counts if it begins inside the image
    or the padding before it, as in PyTorch, Caffe and ONNX.
    """
    room = size + before + after - (dilation * (window - 1) + 1)
    places = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (places - 1) * stride >= size + before:
        places -= 1
    return max(0, places)


def pooled_shape(op: Op, node: Node, shape: Shape) -> Shape:
    """The output's shape of a pool.

    Raises:
        GraphError: naming the node, if the window does not fit, or if a window lies outside the
            image as a whole.
    """
    check_channels(node, shape)
    pads, window = attribute_of(op, node, "pads"), attribute_of(op, node, "window")
    places = []
    for axis, size in enumerate(shape[:2]):
        before, after = pads[2 * axis], pads[2 * axis + 1]
        k, d = window[axis], attribute_of(op, node, "dilations")[axis]
        stride = attribute_of(op, node, "strides")[axis]
        count = pooled_size(size, k, stride, before, after, d, attribute_of(op, node, "ceil"))
        if count < 1:
            raise wrong(node, f"has a window {window[0]} x {window[1]} larger than its input")
        # Only the windows that begin before the image, and the last one, can miss it.
        starts = np.arange(-before, 0, stride)[:count]
        first_inside = -(starts // d) * d + starts
        missed = (-(starts // d) >= k) | (first_inside >= size)
        if missed.any() or (count - 1) * stride - before >= size:
            raise wrong(node, f"has pads {pads} so large that a window misses the image")
        places.append(count)
    return (*places, shape[2])


def taps(step: Step, border: float) -> list[Array]:
    """The values of a pool's window at each of its taps, row by row.

    Args:
        border: the value outside the image.

    Returns:
        One N x H x W x C view for each tap.
    """
    x = step.inputs[0]
    top, bottom, left, right = step["pads"]
    window, strides, dilations = step["window"], step["strides"], step["dilations"]
    places = []
    extra = []
    for size, k, s, before, after, d in zip(
        x.shape[1:3], window, strides, (top, left), (bottom, right), dilations, strict=True
    ):
        count = pooled_size(size, k, s, before, after, d, step["ceil"])
        places.append(count)
        reach = (count - 1) * s + d * (k - 1) + 1
        extra.append(max(0, reach - (size + before + after)))
    padded = sums.pad_image(x, (top, bottom + extra[0], left, right + extra[1]), border)
    views = []
    for u in range(window[0]):
        for v in range(window[1]):
            first_row, first_column = u * dilations[0], v * dilations[1]
            rows = slice(first_row, first_row + strides[0] * (places[0] - 1) + 1, strides[0])
            columns = slice(
                first_column, first_column + strides[1] * (places[1] - 1) + 1, strides[1]
            )
            views.append(padded[:, rows, columns])
    return views


def fit(values: Array, shape: Sequence[int]) -> Array:
    """Cut N x H x W x C to a height and width, or fill what is missing with zeros."""
    if values.shape[1:3] == tuple(shape[:2]):
        return values
    result = np.zeros((len(values), *shape[:2], values.shape[3]), values.dtype)
    height, width = min(values.shape[1], shape[0]), min(values.shape[2], shape[1])
    result[:, :height, :width] = values[:, :height, :width]
    return result
