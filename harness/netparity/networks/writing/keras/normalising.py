"""Normalisation, and multiplication by stored numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from netparity.networks.graph import GraphError, Node, Shape
from netparity.networks.writing.keras.plan import Plan, Ref, Values, Weight, attribute

MOST_NUMBERS = 2**18
"""Numbers that a configuration may hold, which is text."""


def batch_norm(plan: Plan, node: Node) -> Ref:
    """BatchNormalization over the last axis."""
    [given] = plan.inputs(node)
    config = {
        "axis": -1,
        "epsilon": attribute(node, "epsilon"),
        "scale": "scale" in node.tensors,
        "center": "bias" in node.tensors,
    }
    roles = [role for role in ("scale", "bias", "mean", "variance") if role in node.tensors]
    weights = [plan.weight(node, role) for role in roles]
    return plan.layer(node, "BatchNormalization", config, [given], given.shape, weights)


def layer_norm(plan: Plan, node: Node) -> Ref:
    """LayerNormalization; its scale and bias have the sizes of the axes."""
    [given] = plan.inputs(node)
    rank = len(given.shape)
    axes = sorted(axis % rank for axis in attribute(node, "axes"))
    sizes = tuple(given.shape[axis] for axis in axes)

    def full(values: Values) -> Values:
        return np.broadcast_to(_of_axes(values, axes, rank), sizes)

    config = {
        "axis": [axis + 1 for axis in axes],
        "epsilon": attribute(node, "epsilon"),
        "scale": "scale" in node.tensors,
        "center": "bias" in node.tensors,
    }
    roles = [role for role in ("scale", "bias") if role in node.tensors]
    weights = [plan.weight(node, role, sizes, full) for role in roles]
    return plan.layer(node, "LayerNormalization", config, [given], given.shape, weights)


def _of_axes(values: Values, axes: list[int], rank: int) -> Values:
    """An array that is broadcast to one image, without the axes that are not normalised."""
    if values.ndim <= len(axes):
        return values
    whole = values.reshape((1,) * (rank - values.ndim) + values.shape)
    return whole.reshape([whole.shape[axis] for axis in axes])


def scale_shift(plan: Plan, node: Node) -> Ref:
    """Rescaling, whose numbers are part of the configuration."""
    [given] = plan.inputs(node)
    config: dict[str, Any] = {"scale": 1.0, "offset": 0.0}
    for role, name in (("scale", "scale"), ("bias", "offset")):
        if role in node.tensors:
            config[name] = _numbers(plan, node, role)
    return plan.layer(node, "Rescaling", config, [given], given.shape)


def _numbers(plan: Plan, node: Node, role: str) -> Any:
    count = math.prod(plan.shape_of(node, role))
    if count > MOST_NUMBERS:
        raise GraphError(
            f"node {node.name!r} ({node.op}): its {role} has {count:,} numbers; Keras keeps them "
            f"in the configuration, which can hold {MOST_NUMBERS:,}"
        )
    values = plan.weight(node, role).load()
    return values.reshape(()).item() if values.size == 1 else values.tolist()


def lrn(plan: Plan, node: Node) -> Ref:
    """The input times (kappa + alpha * sum of squares of neighbours) ^ -beta.

    The sum over a window of channels is a convolution of 1 x 1, whose kernel has `alpha` in a band.
    """
    [given] = plan.inputs(node)
    size, alpha = attribute(node, "size"), attribute(node, "alpha")
    channels = given.shape[-1]
    before, after = (size - 1) // 2, size // 2

    def band() -> Values:
        read, written = np.mgrid[:channels, :channels]
        inside = (read >= written - before) & (read <= written + after)
        return np.where(inside, np.float32(alpha), np.float32(0)).reshape(1, 1, channels, channels)

    def kappa() -> Values:
        return np.full(channels, attribute(node, "kappa"), np.float32)

    kernel: Shape = (1, 1, channels, channels)
    config = {
        "filters": channels,
        "kernel_size": [1, 1],
        "strides": [1, 1],
        "padding": "valid",
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "groups": 1,
        "activation": "linear",
        "use_bias": True,
    }
    squares = plan.layer(node, "Multiply", {}, [given, given], given.shape)
    weights = [Weight(kernel, band), Weight((channels,), kappa)]
    sums = plan.layer(node, "Conv2D", config, [squares], given.shape, weights)
    power = plan.operation(node, "Power", {}, [sums, -attribute(node, "beta")], given.shape)
    return plan.layer(node, "Multiply", {}, [given, power], given.shape)


def l2_norm(plan: Plan, node: Node) -> Ref:
    """UnitNormalization where its 1e-12 is meant; the root of the squares by operations else."""
    [given] = plan.inputs(node)
    rank = len(given.shape)
    axes = sorted(axis % rank + 1 for axis in attribute(node, "axes"))
    epsilon, combine = attribute(node, "epsilon"), attribute(node, "combine")
    if combine == "max" and epsilon == 1e-12:
        return plan.layer(node, "UnitNormalization", {"axis": axes}, [given], given.shape)
    squares = plan.layer(node, "Multiply", {}, [given, given], given.shape)
    kept = tuple(1 if axis + 1 in axes else size for axis, size in enumerate(given.shape))
    total = plan.operation(node, "Sum", {"axis": axes, "keepdims": True}, [squares], kept)
    if combine == "add":
        total = plan.operation(node, "Add", {}, [total, epsilon], kept)
    elif combine == "max_square":
        total = plan.operation(node, "Maximum", {}, [total, epsilon], kept)
    length = plan.operation(node, "Sqrt", {}, [total], kept)
    if combine == "max":
        length = plan.operation(node, "Maximum", {}, [length, epsilon], kept)
    return plan.operation(node, "Divide", {}, [given, length], given.shape)
