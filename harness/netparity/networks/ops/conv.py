"""Convolution, which is a correlation in every tool but Theano."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import check_whole, product
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
    is_grouped,
    kernel_mistakes,
)
from netparity.networks.ops.kernel_orders import CHANNELS_SWAPPED, order_mistakes
from netparity.networks.ops.shared_mistakes import BIAS_MISSING, LOW_PRECISION
from netparity.networks.ops.window_mistakes import CONV_PADS
from netparity.networks.ops.window_reads import of_known
from netparity.networks.ops.windows import check_windows
from netparity.networks.rounding import rounded


def taps_used(node: Node, known: Known) -> tuple[list[int], list[int]]:
    """The rows and columns of the kernel that have an effect; see `kernel_mistakes`."""
    windows = of_known(node, known)
    return windows.used(0), windows.used(1)


def _keeps_size(node: Node, known: Known) -> bool:
    """Padding that keeps the size, without a stride: 'valid' then loses a border."""
    pads, strides = node.attributes.get("pads", ()), node.attributes.get("strides", (1, 1))
    return any(pads) and strides == (1, 1) and known.output[:2] == known.inputs[0][:2]


def _blank_border(step: Step) -> Step:
    """Without padding, and the lost border filled with zeros."""
    top, bottom, left, right = step["pads"]

    def blank(values: Array) -> Array:
        inside = np.zeros_like(values)
        window = (
            slice(None),
            slice(top, max(top, values.shape[1] - bottom)),
            slice(left, max(left, values.shape[2] - right)),
        )
        inside[window] = values[window]
        return inside

    return step.finished_by(blank)


def _units_in_turns(step: Step) -> Step:
    """Output channel o is taken for the group o mod groups."""
    units, groups = step.tensors["kernel"].shape[3], step["groups"]
    turns = np.arange(units).reshape(groups, -1).T.reshape(-1)
    return step.finished_by(lambda values: np.ascontiguousarray(values[..., turns]))


def _has_several_units(node: Node, known: Known) -> bool:
    return bool(1 < node.attributes.get("groups", 1) < known.output[2])


def _first_group_only(step: Step) -> Step:
    """Groups ignored: every output channel reads the first channels."""
    share = step.tensors["kernel"].shape[2]
    return replace(
        step, inputs=(np.ascontiguousarray(step.inputs[0][..., :share]),)
    ).with_attributes(groups=1)


class Conv(Op):
    """`conv`: y[i, j, o] = bias[o] + sum of x[i s + u d - top, j s + v d - left, c] k[u, v, c, o].

    The kernel is kh x kw x (input channels / groups) x output channels. Each group of output
    channels reads one run of input channels. `pads` are the rows and columns of zeros at the top,
    bottom, left and right.
    """

    key = "conv"
    title = "convolution"
    defaults: ClassVar = {"strides": (1, 1), "pads": (0, 0, 0, 0), "dilations": (1, 1), "groups": 1}
    roles = ("kernel",)
    optional_roles = ("bias",)
    parametric = True
    mistakes = (
        *kernel_mistakes(taps_used),
        BIAS_MISSING,
        Mistake(
            "padding-valid",
            "the padding is 'valid' instead of 'same', and the border is filled with zeros",
            _blank_border,
            _keeps_size,
            frozenset({"padding"}),
        ),
        *CONV_PADS,
        Mistake(
            "groups-ignored",
            "the groups are ignored: every output channel reads the first group of input channels",
            _first_group_only,
            is_grouped,
            frozenset({"groups"}),
        ),
        GROUPS_INTERLEAVED,
        Mistake(
            "group-outputs-interleaved",
            "the output channels of the groups are stored in turns instead of in runs",
            _units_in_turns,
            _has_several_units,
            frozenset({"groups"}),
        ),
        *LOW_PRECISION,
        *order_mistakes("kernels-channels-swapped", CHANNELS_SWAPPED, taps_used),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse strides, pads and dilations that make no sense."""
        check_windows(self, node)
        check_whole(self, node, "groups", 1)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """Height x width x output channels."""
        [shape], kernel = inputs, tensors["kernel"]
        groups = attribute_of(self, node, "groups")
        if len(shape) != 3 or len(kernel) != 4:
            raise wrong(node, f"has an input {shape} and a kernel {kernel}, expected 3 and 4 axes")
        if shape[2] != kernel[2] * groups or kernel[3] % groups:
            raise wrong(
                node,
                f"has a kernel {product(kernel)} in {groups} groups, which does not "
                f"fit an input of {shape[2]} channels",
            )
        if "bias" in tensors and tensors["bias"] != kernel[3:]:
            raise wrong(node, f"has {tensors['bias']} biases for {kernel[3]} output channels")
        top, bottom, left, right = attribute_of(self, node, "pads")
        strides = attribute_of(self, node, "strides")
        dilations = attribute_of(self, node, "dilations")
        padded = (shape[0] + top + bottom, shape[1] + left + right)
        places = tuple(
            sums.window_places(*sizes)
            for sizes in zip(padded, kernel[:2], strides, dilations, strict=True)
        )
        if min(places) < 1:
            raise wrong(node, f"has a kernel {kernel[0]} x {kernel[1]} larger than its input")
        return (*places, kernel[3])

    def compute(self, step: Step) -> Array:
        """Image by image and group by group, in blocks of rows."""
        how = step.how
        kernel = how.operand(step.tensors["kernel"])
        x = how.operand(step.inputs[0])
        values = rounded(_correlate(step, x, kernel), how.sums)
        bias = step.tensors.get("bias")
        return sums.add_bias(values, rounded(bias, how.storage) if bias is not None else None)

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|k| * |x| + |b|."""
        kernel = abs(step.tensors["kernel"])
        plain = replace(step, how=type(step.how)())
        total = _correlate(plain, abs(step.inputs[0]), kernel)
        bias = step.tensors.get("bias")
        total = sums.add_bias(total, abs(bias) if bias is not None else None)
        return values_in(kernel.shape[:3]) + 1, total

    def flops(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape], output: Shape
    ) -> int:
        """Two for each weight and place."""
        return 2 * values_in(tensors["kernel"]) * output[0] * output[1]


def _correlate(step: Step, x: Array, kernel: Array) -> Array:
    groups, strides, dilations = step["groups"], step["strides"], step["dilations"]
    if groups == 1:
        order = sums.order_of(kernel.shape[2], step.how)
        if order is not None:
            x, kernel = np.take(x, order, axis=-1), kernel[:, :, order]
        padded = sums.pad_image(x, step["pads"])
        terms = sums.group_of(step.how, values_in(kernel.shape[:3]))
        sizes = zip(padded.shape[1:3], kernel.shape[:2], strides, dilations, strict=True)
        places = (sums.window_places(*each) for each in sizes)
        values = np.empty((len(padded), *places, kernel.shape[3]), padded.dtype)
        for image, result in zip(padded, values, strict=True):
            sums.convolve(image, kernel, strides, dilations, terms, out=result)
        return values
    padded = sums.pad_image(x, step["pads"])
    if kernel.shape[2] == 1 and groups == x.shape[3]:
        return _depthwise(step, padded, kernel)
    share, units = kernel.shape[2], kernel.shape[3] // groups
    parts = []
    for group in range(groups):
        part = step.with_attributes(groups=1, pads=(0, 0, 0, 0))
        own = np.ascontiguousarray(padded[..., group * share : (group + 1) * share])
        parts.append(_correlate(part, own, kernel[..., group * units : (group + 1) * units]))
    return np.concatenate(parts, axis=-1)


def _depthwise(step: Step, padded: Array, kernel: Array) -> Array:
    """Every channel with kernels of its own: one product per tap, added in the tap's order."""
    strides, dilations = step["strides"], step["dilations"]
    count, channels = len(padded), padded.shape[3]
    window = kernel.shape[:2]
    height, width = (
        sums.window_places(*sizes)
        for sizes in zip(padded.shape[1:3], window, strides, dilations, strict=True)
    )
    taps = np.arange(window[0] * window[1])
    order = sums.order_of(len(taps), step.how)
    per_channel = kernel.shape[3] // channels
    weights = kernel.astype(padded.dtype, copy=False).reshape(*window, channels, per_channel)
    total = np.zeros((count, height, width, channels, per_channel), padded.dtype)
    group = sums.group_of(step.how, len(taps)) or len(taps)
    taps = taps if order is None else taps[order]
    for start in range(0, len(taps), group):
        partial = np.zeros_like(total)
        for tap in taps[start : start + group]:
            u, v = divmod(int(tap), window[1])
            top, left = u * dilations[0], v * dilations[1]
            rows = slice(top, top + strides[0] * (height - 1) + 1, strides[0])
            columns = slice(left, left + strides[1] * (width - 1) + 1, strides[1])
            partial += padded[:, rows, columns, :, None] * weights[u, v]
        total += partial
    return total.reshape(count, height, width, channels * per_channel)
