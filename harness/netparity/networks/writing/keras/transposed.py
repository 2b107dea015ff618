"""Transposed convolutions."""

from __future__ import annotations

from typing import Any

import numpy as np

from netparity.networks.graph import Node
from netparity.networks.writing.keras.plan import Plan, Ref, Values, attribute
from netparity.networks.writing.keras.windows import bias, cropped, padded, with_holes


def conv_transpose(plan: Plan, node: Node) -> Ref:
    """Conv2DTranspose without padding, cut to size; what lies beyond holds only the bias."""
    [given] = plan.inputs(node)
    strides, dilations = attribute(node, "strides"), attribute(node, "dilations")
    height, width, units, inputs = plan.shape_of(node, "kernel")
    groups = attribute(node, "groups")
    units *= groups
    expanded = max(dilations) > 1  # which TensorFlow does not compute on a CPU
    reach = tuple(d * (k - 1) + 1 for k, d in zip((height, width), dilations, strict=True))
    size = reach if expanded else (height, width)
    crops = list(attribute(node, "crops"))
    shape = []
    for axis in (0, 1):
        beyond = max(0, strides[axis] - reach[axis])  # Keras adds these at the end
        shape.append((given.shape[axis] - 1) * strides[axis] + reach[axis] + beyond)
        crops[2 * axis + 1] += beyond
    missing = [max(0, -crop) for crop in crops]
    added = any(missing) and "bias" in node.tensors
    config: dict[str, Any] = {
        "filters": units,
        "kernel_size": list(size),
        "strides": list(strides),
        "padding": "valid",
        "data_format": "channels_last",
        "dilation_rate": [1, 1] if expanded else list(dilations),
        "activation": "linear",
        "use_bias": "bias" in node.tensors and not added,
    }

    def change(values: Values) -> Values:
        values = _in_blocks(values, groups) if groups > 1 else values
        return with_holes(values, dilations) if expanded else values

    weights = [plan.weight(node, "kernel", (*size, units, inputs), change)]
    weights += [] if added else bias(plan, node)
    whole = plan.layer(node, "Conv2DTranspose", config, [given], (*shape, units), weights)
    top, bottom, left, right = (max(0, crop) for crop in crops)
    inside = cropped(plan, node, whole, (top, bottom, left, right))
    inside = padded(plan, node, inside, (missing[0], missing[1], missing[2], missing[3]))
    if not added:
        return inside
    offset = plan.weight(node, "bias").load().tolist()
    settings = {"scale": 1.0, "offset": offset}
    return plan.layer(node, "Rescaling", settings, [inside], inside.shape)


def _in_blocks(kernel: Values, groups: int) -> Values:
    """The kernel of one group that does the same: zero between the channels of different groups."""
    height, width, share, inputs = kernel.shape
    result = np.zeros((height, width, share * groups, inputs), kernel.dtype)
    step = inputs // groups
    for group in range(groups):
        channels = slice(group * step, (group + 1) * step)
        result[:, :, group * share : (group + 1) * share, channels] = kernel[..., channels]
    return result
