"""Batch, local response, layer and L2 normalisation."""

from __future__ import annotations

from typing import Any

from netparity.networks.reading.onnx.builder import Builder, Translation, per_axis
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.values import CHANNELS_FIRST, Value


def batch(call: Call, graph: Builder) -> Value:
    """BatchNormalization at inference."""
    x = call.value()
    epsilon = call.attribute("epsilon", 1e-5)
    if call.attribute("training_mode", 0) or len([name for name in call.outputs if name]) > 1:
        raise call.wrong("is in training mode; fix: export the network for inference")
    if call.attribute("spatial", 1) != 1:
        raise call.wrong("has spatial=0, statistics for each place, which netparity does not read")
    call.ignore("momentum")
    call.finish()
    if x.rank == 4:
        x = graph.arranged(call, x, CHANNELS_FIRST)
    elif x.axes[1:2] != (len(x.shape),):
        raise call.wrong(f"has an input of {x.rank} axes, expected 2 or 4")
    roles = ("scale", "bias", "mean", "variance")
    tensors = {role: call.constant(position, role) for position, role in enumerate(roles, 1)}
    for role, constant in tensors.items():
        if constant.shape != x.shape[-1:]:
            raise call.wrong(f"has a {role} {constant.shape} for {x.shape[-1]} channels")
    return graph.emit(call, "batch_norm", [x], {"epsilon": epsilon}, tensors)


def local_response(call: Call, graph: Builder) -> Value:
    """LRN, whose alpha is divided by the size of the window in ONNX and not in the graph."""
    x = graph.arranged(call, call.value(), CHANNELS_FIRST)
    size = call.attribute("size")
    if not isinstance(size, int) or size < 1:
        raise call.wrong(f"has size {size!r}, expected a whole number of 1 or more")
    attributes = {
        "size": size,
        "alpha": call.attribute("alpha", 1e-4) / size,
        "beta": call.attribute("beta", 0.75),
        "kappa": call.attribute("bias", 1.0),
    }
    call.finish()
    return graph.emit(call, "lrn", [x], attributes)


def layer(call: Call, graph: Builder) -> Value:
    """LayerNormalization: over all axes from one on."""
    x = call.value()
    first = call.axis(call.attribute("axis", -1), x.rank)
    epsilon = call.attribute("epsilon", 1e-5)
    call.ignore("stash_type")
    call.finish()
    tensors = {"scale": call.constant(1, "scale")}
    if call.has(2):
        tensors["bias"] = call.constant(2, "bias")
    return layer_norm(call, graph, x, tuple(range(first, x.rank)), epsilon, tensors)


def layer_norm(
    call: Call,
    graph: Builder,
    x: Value,
    positions: tuple[int, ...],
    epsilon: float,
    tensors: dict[str, Constant],
) -> Value:
    """Layer normalisation over axes of the file's tensor.

    A scale or bias that differs along other axes than these is a node of its own.
    """
    counted = _graph_axes(call, x, positions)
    axes = [axis % len(x.shape) for axis in counted]
    inside: dict[str, Constant] = {}
    outside: dict[str, Constant] = {}
    for role in ("scale", "bias"):
        if role in tensors:
            full = _full(x, per_axis(call, x, tensors[role]))
            others = [size for axis, size in enumerate(full.shape) if axis not in axes]
            if outside or any(size != 1 for size in others):
                outside[role] = full
            else:
                inside[role] = full.reshaped([full.shape[axis] for axis in axes])
    attributes = {"axes": counted, "epsilon": epsilon}
    suffix = "_normalised" if outside else ""
    made = graph.emit(call, "layer_norm", [x], attributes, inside, suffix=suffix)
    return graph.emit(call, "scale_shift", [made], {}, outside) if outside else made


def _full(x: Value, constant: Constant) -> Constant:
    """A constant with as many axes as the activation has."""
    return constant.reshaped((1,) * (len(x.shape) - len(constant.shape)) + constant.shape)


def unit_length(call: Call, graph: Builder) -> Value:
    """LpNormalization with p=2: division by the root of the sum of squares."""
    x = call.value()
    position = call.axis(call.attribute("axis", -1), x.rank)
    if call.attribute("p", 2) != 2:
        raise call.wrong("has p other than 2, which netparity does not read")
    call.finish()
    return l2_norm(call, graph, x, (position,), {})


def l2_norm(
    call: Call, graph: Builder, x: Value, positions: tuple[int, ...], attributes: dict[str, Any]
) -> Value:
    """L2 normalisation over axes of the file's tensor."""
    return graph.emit(call, "l2_norm", [x], {"axes": _graph_axes(call, x, positions), **attributes})


def _graph_axes(call: Call, x: Value, positions: tuple[int, ...]) -> tuple[int, ...]:
    """Axes of the file's tensor as those of the graph, counted from the end."""
    axes = sorted(x.axes[position] - 1 for position in positions)
    if -1 in axes:
        raise call.wrong("normalises over images")
    return tuple(axis - len(x.shape) for axis in axes)


TRANSLATIONS: dict[str, Translation] = {
    "BatchNormalization": batch,
    "LRN": local_response,
    "LayerNormalization": layer,
    "LpNormalization": unit_length,
}
