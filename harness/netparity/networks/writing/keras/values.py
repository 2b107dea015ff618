"""Dense layers and activations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from netparity.networks.graph import Node
from netparity.networks.ops.base import values_in
from netparity.networks.writing.keras.plan import NN, Plan, Ref, attribute
from netparity.networks.writing.keras.windows import bias

_SELU = (1.6732632423543772, 1.0507009873554805)
"""alpha and gamma of Keras's `selu`, the published ones (Klambauer et al., 2017)."""


def dense(plan: Plan, node: Node) -> Ref:
    """Dense, after Flatten if it reads a map."""
    [given] = plan.inputs(node)
    kernel = plan.shape_of(node, "kernel")
    inputs, units = values_in(kernel[:-1]), kernel[-1]
    if len(kernel) > 2 and len(given.shape) > 1:
        config = {"data_format": "channels_last"}
        given = plan.layer(node, "Flatten", config, [given], (inputs,))
    weights = [plan.weight(node, "kernel", (inputs, units)), *bias(plan, node)]
    settings = {
        "units": units,
        "activation": "linear",
        "use_bias": "bias" in node.tensors,
    }
    return plan.layer(node, "Dense", settings, [given], plan.network.shapes[node.name], weights)


def simple(plan: Plan, node: Node, kind: str, config: dict[str, Any]) -> Ref:
    """A layer whose output has its input's shape."""
    [given] = plan.inputs(node)
    return plan.layer(node, kind, config, [given], given.shape)


def activation(name: str) -> Callable[[Plan, Node], Ref]:
    """Activation with one of Keras's functions, which have no parameters there."""
    return lambda plan, node: simple(plan, node, "Activation", {"activation": name})


def softmax(plan: Plan, node: Node) -> Ref:
    """Softmax over any axis; Keras counts the batch as axis 0."""
    [given] = plan.inputs(node)
    axis = attribute(node, "axis")
    if axis in (-1, len(given.shape) - 1):
        return simple(plan, node, "Activation", {"activation": "softmax"})
    return simple(plan, node, "Softmax", {"axis": axis if axis < 0 else axis + 1})


def leaky_relu(plan: Plan, node: Node) -> Ref:
    """LeakyReLU."""
    return simple(plan, node, "LeakyReLU", {"negative_slope": attribute(node, "slope")})


def clipped_relu(plan: Plan, node: Node) -> Ref:
    """ReLU with a maximum, or a minimum and a maximum by Keras's own operations."""
    [given] = plan.inputs(node)
    least, most = attribute(node, "minimum"), attribute(node, "maximum")
    if least == 0:
        return simple(plan, node, "ReLU", {} if most is None else {"max_value": most})
    if least is not None:
        given = plan.operation(node, "Maximum", {}, [given, least], given.shape)
    if most is not None:
        given = plan.operation(node, "Minimum", {}, [given, most], given.shape)
    return given


def hard_sigmoid(plan: Plan, node: Node) -> Ref:
    """Keras 3's own has a slope of 1/6; others are a line that is cut off at 0 and 1."""
    slope, offset = attribute(node, "slope"), attribute(node, "offset")
    if math.isclose(slope, 1 / 6, rel_tol=1e-7) and offset == 0.5:
        return simple(plan, node, "Activation", {"activation": "hard_sigmoid"})
    line = simple(plan, node, "Rescaling", {"scale": slope, "offset": offset})
    return plan.layer(node, "ReLU", {"max_value": 1.0}, [line], line.shape)


def selu(plan: Plan, node: Node) -> Ref:
    """Keras's own, or ELU and a factor."""
    alpha, gamma = attribute(node, "alpha"), attribute(node, "gamma")
    if math.isclose(alpha, _SELU[0], rel_tol=1e-7) and math.isclose(gamma, _SELU[1], rel_tol=1e-7):
        return simple(plan, node, "Activation", {"activation": "selu"})
    inner = simple(plan, node, "ELU", {"alpha": alpha})
    return plan.layer(node, "Rescaling", {"scale": gamma, "offset": 0.0}, [inner], inner.shape)


def elu(plan: Plan, node: Node) -> Ref:
    """ELU."""
    return simple(plan, node, "ELU", {"alpha": attribute(node, "alpha")})


def gelu(plan: Plan, node: Node) -> Ref:
    """The exact one is an activation; the one with tanh is an operation."""
    [given] = plan.inputs(node)
    if not attribute(node, "approximate"):
        return simple(plan, node, "Activation", {"activation": "gelu"})
    return plan.operation(node, "Gelu", {"approximate": True}, [given], given.shape, NN)


def prelu(plan: Plan, node: Node) -> Ref:
    """PReLU; axes along which the slope does not vary are shared."""
    [given] = plan.inputs(node)
    slope = plan.shape_of(node, "slope")
    full = (1,) * (len(given.shape) - len(slope)) + slope
    shared = [axis + 1 for axis, size in enumerate(full) if size == 1 < given.shape[axis]]
    config = {"shared_axes": shared or None}
    weights = [plan.weight(node, "slope", full)]
    return plan.layer(node, "PReLU", config, [given], given.shape, weights)


def dropout(plan: Plan, node: Node) -> Ref:
    """Dropout."""
    return simple(plan, node, "Dropout", {"rate": attribute(node, "rate")})
