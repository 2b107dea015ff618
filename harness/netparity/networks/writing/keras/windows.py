"""Convolutions: padding as Keras has it, `same` or a layer of zeros before."""

from __future__ import annotations

from typing import Any

import numpy as np

from netparity.networks.graph import Node
from netparity.networks.reading.keras.padding import same
from netparity.networks.writing.keras.plan import Plan, Ref, Values, Weight, attribute

Four = tuple[int, int, int, int]


def padded(plan: Plan, node: Node, given: Ref, pads: Four) -> Ref:
    """The input with zeros around it."""
    top, bottom, left, right = pads
    if not any(pads):
        return given
    shape = (given.shape[0] + top + bottom, given.shape[1] + left + right, given.shape[2])
    config = {"padding": [[top, bottom], [left, right]], "data_format": "channels_last"}
    return plan.layer(node, "ZeroPadding2D", config, [given], shape)


def cropped(plan: Plan, node: Node, given: Ref, crops: Four) -> Ref:
    """The input without some of its rows and columns."""
    top, bottom, left, right = crops
    if not any(crops):
        return given
    shape = (given.shape[0] - top - bottom, given.shape[1] - left - right, given.shape[2])
    config = {"cropping": [[top, bottom], [left, right]], "data_format": "channels_last"}
    return plan.layer(node, "Cropping2D", config, [given], shape)


def bias(plan: Plan, node: Node) -> list[Weight]:
    """The bias, if there is one."""
    return [plan.weight(node, "bias")] if "bias" in node.tensors else []


def conv(plan: Plan, node: Node) -> Ref:
    """Conv2D, or DepthwiseConv2D where every group is one channel."""
    [given] = plan.inputs(node)
    strides, dilations = attribute(node, "strides"), attribute(node, "dilations")
    pads, groups = attribute(node, "pads"), attribute(node, "groups")
    height, width, share, units = plan.shape_of(node, "kernel")
    reach = tuple(d * (k - 1) + 1 for k, d in zip((height, width), dilations, strict=True))
    expanded = max(strides) > 1 and max(dilations) > 1  # which Keras refuses
    size = reach if expanded else (height, width)
    around = tuple(
        side for axis in (0, 1) for side in same(given.shape[axis], reach[axis], strides[axis])
    )
    padding = "same" if any(pads) and pads == around else "valid"
    before = given if padding == "same" else padded(plan, node, given, pads)
    # TensorFlow's depthwise convolutions have one stride for rows and columns.
    depthwise = groups == given.shape[2] > 1 and share == 1 and strides[0] == strides[1]

    def change(values: Values) -> Values:
        values = with_holes(values, dilations) if expanded else values
        return values.reshape(*size, groups, -1) if depthwise else values

    shape = (*size, groups, units // groups) if depthwise else (*size, share, units)
    config: dict[str, Any] = {
        "kernel_size": list(size),
        "strides": list(strides),
        "padding": padding,
        "data_format": "channels_last",
        "dilation_rate": [1, 1] if expanded else list(dilations),
        "activation": "linear",
        "use_bias": "bias" in node.tensors,
    }
    if depthwise:
        config["depth_multiplier"] = units // groups
    else:
        config |= {"filters": units, "groups": groups}
    weights = [plan.weight(node, "kernel", shape, change), *bias(plan, node)]
    kind = "DepthwiseConv2D" if depthwise else "Conv2D"
    return plan.layer(node, kind, config, [before], plan.network.shapes[node.name], weights)


def with_holes(kernel: Values, dilations: tuple[int, int]) -> Values:
    """A dilated kernel with its zeros written out."""
    height, width = (d * (k - 1) + 1 for k, d in zip(kernel.shape[:2], dilations, strict=True))
    result = np.zeros((height, width, *kernel.shape[2:]), kernel.dtype)
    result[:: dilations[0], :: dilations[1]] = kernel
    return result
