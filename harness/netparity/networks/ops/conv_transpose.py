"""Transposed convolution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import check_channels, check_whole, check_wholes, product
from netparity.networks.ops.base import (
    Array,
    Known,
    Mistake,
    Op,
    Step,
    attribute_of,
    values_in,
    wrong,
)
from netparity.networks.ops.kernel_mistakes import (
    GROUPS_INTERLEAVED,
    kernel_mistakes,
)
from netparity.networks.ops.kernel_orders import CHANNELS_SWAPPED
from netparity.networks.ops.shared_mistakes import BIAS_MISSING, LOW_PRECISION
from netparity.networks.ops.windows import MOST_STRIDE
from netparity.networks.rounding import rounded


def _is_square(node: Node, known: Known) -> bool:
    kernel = known.tensors["kernel"]
    return kernel[2] == kernel[3] > 1 and all(taps_used(node, known))


def _channels_swapped(step: Step) -> Step:
    return step.with_tensor("kernel", step.tensors["kernel"].swapaxes(2, 3))


def _other_side(step: Step) -> Step:
    top, bottom, left, right = step["crops"]
    return step.with_attributes(crops=(bottom, top, right, left))


def _reached(node: Node, known: Known, axis: int, first: int) -> npt.NDArray[np.int64]:
    """The place of the output that each input value reaches by each tap: H x kh, -1 for none.

    Args:
        first: the crop at the top or the left.
    """
    size, window = known.inputs[0][axis], known.tensors["kernel"][axis]
    stride = node.attributes.get("strides", (1, 1))[axis]
    dilation = node.attributes.get("dilations", (1, 1))[axis]
    places = np.arange(size)[:, None] * stride + np.arange(window)[None, :] * dilation - first
    places[(places < 0) | (places >= known.output[axis])] = -1
    return np.asarray(places)


def taps_used(node: Node, known: Known) -> tuple[list[int], list[int]]:
    """The rows and columns of the kernel that have an effect; see `kernel_mistakes`."""
    crops = node.attributes.get("crops", (0, 0, 0, 0))
    rows, columns = (
        [int(tap) for tap in np.flatnonzero((places >= 0).any(axis=0))]
        for places in (_reached(node, known, axis, crops[2 * axis]) for axis in (0, 1))
    )
    return rows, columns


def _is_uneven(node: Node, known: Known) -> bool:
    """Another crop at the other side, and some value then is elsewhere."""
    crops = node.attributes.get("crops", (0, 0, 0, 0))
    return any(
        not np.array_equal(
            _reached(node, known, axis, crops[2 * axis]),
            _reached(node, known, axis, crops[2 * axis + 1]),
        )
        for axis in (0, 1)
    )


class ConvTranspose(Op):
    """`conv_transpose`: each input value adds its multiple of the kernel to the output.

    y[i s + u d - top, j s + v d - left, o] += x[i, j, c] k[u, v, o, c], and the bias is added to
    every value. The kernel is kh x kw x (output channels / groups) x input channels. `crops` are
    the rows and columns cut off at the top, bottom, left and right; a negative one appends rows
    that hold nothing but the bias. The size is (H - 1) s + d (kh - 1) + 1 - top - bottom.
    """

    key = "conv_transpose"
    title = "transposed convolution"
    defaults: ClassVar = {
        "strides": (1, 1),
        "crops": (0, 0, 0, 0),
        "dilations": (1, 1),
        "groups": 1,
    }
    roles = ("kernel",)
    optional_roles = ("bias",)
    parametric = True
    mistakes = (
        *kernel_mistakes(taps_used),
        Mistake(
            "kernels-channels-swapped",
            CHANNELS_SWAPPED,
            _channels_swapped,
            _is_square,
            frozenset({"kernel"}),
        ),
        BIAS_MISSING,
        Mistake(
            "crop-other-side",
            "the uneven crop is on the other side",
            _other_side,
            _is_uneven,
            frozenset({"crop"}),
        ),
        GROUPS_INTERLEAVED,
        *LOW_PRECISION,
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse strides, crops, dilations and groups that make no sense."""
        check_wholes(self, node, "strides", 2, 1, MOST_STRIDE)
        check_wholes(self, node, "dilations", 2, 1, MOST_STRIDE)
        check_wholes(self, node, "crops", 4, -MOST_STRIDE, MOST_STRIDE)
        check_whole(self, node, "groups", 1)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """Height x width x output channels."""
        [shape], kernel = inputs, tensors["kernel"]
        check_channels(node, shape)
        groups = attribute_of(self, node, "groups")
        if len(kernel) != 4 or kernel[3] != shape[2] or shape[2] % groups:
            raise wrong(
                node,
                f"has a kernel {product(kernel)} in {groups} groups, which does not fit an input "
                f"of {shape[2]} channels",
            )
        units = kernel[2] * groups
        if "bias" in tensors and tensors["bias"] != (units,):
            raise wrong(node, f"has {product(tensors['bias'])} biases for {units} output channels")
        top, bottom, left, right = attribute_of(self, node, "crops")
        height, width = _whole_size(self, node, shape, kernel)
        height, width = height - top - bottom, width - left - right
        if min(height, width) < 1:
            raise wrong(node, f"has crops {(top, bottom, left, right)}, which leave nothing")
        return (height, width, units)

    def compute(self, step: Step) -> Array:
        """One matrix product for each row of the kernel, added to the rows that it reaches."""
        how = step.how
        kernel = how.operand(step.tensors["kernel"])
        values = rounded(_scatter(step, how.operand(step.inputs[0]), kernel), how.sums)
        bias = step.tensors.get("bias")
        return sums.add_bias(values, rounded(bias, how.storage) if bias is not None else None)

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|x| |k| + |b|, with as many terms as the kernel has for one output channel."""
        kernel = abs(step.tensors["kernel"])
        plain = replace(step, how=type(step.how)())
        total = _scatter(plain, abs(step.inputs[0]), kernel)
        bias = step.tensors.get("bias")
        total = sums.add_bias(total, abs(bias) if bias is not None else None)
        return values_in(kernel.shape[:2]) * kernel.shape[3] // step["groups"] + 1, total

    def flops(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape], output: Shape
    ) -> int:
        """Two for each weight and place of the input."""
        return 2 * values_in(tensors["kernel"]) * inputs[0][0] * inputs[0][1]


def _whole_size(op: Op, node: Node, shape: Sequence[int], kernel: Sequence[int]) -> tuple[int, int]:
    """Height and width before the crop."""
    strides, dilations = attribute_of(op, node, "strides"), attribute_of(op, node, "dilations")
    height, width = (
        (size - 1) * stride + dilation * (window - 1) + 1
        for size, window, stride, dilation in zip(
            shape[:2], kernel[:2], strides, dilations, strict=True
        )
    )
    return height, width


def _scatter(step: Step, x: Array, kernel: Array) -> Array:
    groups, channels = step["groups"], x.shape[3]
    share, units = channels // groups, kernel.shape[2]
    weights = kernel.astype(x.dtype, copy=False)
    height, width = _whole_size(ConvTranspose(), step.node, x.shape[1:], kernel.shape)
    total = np.zeros((len(x), height, width, units * groups), x.dtype)
    for group in range(groups) if (share, units) != (1, 1) else ():
        inside = slice(group * share, (group + 1) * share)
        part = total[..., group * units : (group + 1) * units]
        _add_products(step, x[..., inside], weights[..., inside], part)
    if (share, units) == (1, 1):
        for u, v, view in _taps(step, x, kernel.shape, total):
            np.add(view, x * weights[u, v, 0], out=view)
    return _cropped(total, step["crops"])


def _add_products(step: Step, x: Array, weights: Array, total: Array) -> None:
    """Add one group's products to its output channels."""
    window, units, share = weights.shape[:2], weights.shape[2], weights.shape[3]
    flat = x.reshape(-1, share)
    order = sums.order_of(share, step.how)
    if order is not None:
        flat, weights = flat[:, order], weights[..., order]
    terms = sums.group_of(step.how, share)
    products = np.empty((len(flat), window[1] * units), x.dtype)
    row = -1
    for u, v, view in _taps(step, x, window, total):
        if u != row:
            matrix = np.ascontiguousarray(weights[u].reshape(-1, share).T)
            sums.multiply(flat, matrix, terms, products)
            row = u
        by_tap = products.reshape(*x.shape[:3], window[1], units)
        np.add(view, by_tap[..., v, :], out=view)


def _taps(
    step: Step, x: Array, window: Sequence[int], total: Array
) -> Iterator[tuple[int, int, Array]]:
    """The places that each tap of the kernel reaches, row by row."""
    strides, dilations = step["strides"], step["dilations"]
    for u in range(window[0]):
        for v in range(window[1]):
            top, left = u * dilations[0], v * dilations[1]
            rows = slice(top, top + strides[0] * (x.shape[1] - 1) + 1, strides[0])
            columns = slice(left, left + strides[1] * (x.shape[2] - 1) + 1, strides[1])
            yield u, v, total[:, rows, columns]


def _cropped(total: Array, crops: tuple[int, int, int, int]) -> Array:
    top, bottom, left, right = crops
    if not any(crops):
        return total
    grown = sums.pad_image(total, tuple(max(0, -crop) for crop in crops))  # type: ignore[arg-type]
    height, width = grown.shape[1:3]
    rows = slice(max(0, top), height - max(0, bottom))
    columns = slice(max(0, left), width - max(0, right))
    return np.ascontiguousarray(grown[:, rows, columns])
