"""Activation functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from netparity.networks.ops import OPS
from netparity.networks.reading.onnx.builder import Builder, Translation, per_axis
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.values import Value


def _simple(op: str, **attributes: tuple[str, Any]) -> Translation:
    """An operation that both have; `attributes` are ours with ONNX's name and default."""

    def translate(call: Call, graph: Builder) -> Value:
        given = {
            name: _ours(OPS[op].defaults[name], call.attribute(*theirs))
            for name, theirs in attributes.items()
        }
        call.finish()
        return graph.emit(call, op, [call.value()], given)

    return translate


def _ours(default: float, value: float) -> float:
    """The graph's default, or 1/6, where the file has the same number in float32."""
    return next((x for x in (default, 1 / 6) if np.float32(x) == np.float32(value)), value)


_SELU_ALPHA, _SELU_GAMMA = 1.6732631921768188, 1.0507010221481323
"""ONNX's defaults."""


def clip(call: Call, graph: Builder) -> Value:
    """Clip: bounds are attributes before opset 11 and inputs since."""
    bounds: list[float | None] = []
    for position, name in ((1, "min"), (2, "max")):
        bound = call.attribute(name)
        if call.has(position):
            bound = call.number(position, name)
        bounds.append(None if bound is None or abs(bound) >= _LARGEST else float(bound))
    call.finish()
    minimum, maximum = bounds
    x = call.value()
    if minimum is None and maximum is None:
        return x
    if (minimum, maximum) == (0.0, None):
        return graph.emit(call, "relu", [x])
    return graph.emit(call, "clipped_relu", [x], {"minimum": minimum, "maximum": maximum})


_LARGEST = float(np.finfo(np.float32).max)


def prelu(call: Call, graph: Builder) -> Value:
    """PRelu: the slope is broadcast to the input."""
    x, slope = call.value(), call.constant(1, "slope")
    call.finish()
    per_channel = per_axis(call, x, slope)
    if per_channel.shape == (1,) != x.shape[-1:]:
        channels = x.shape[-1]
        per_channel = per_channel.changed((channels,), lambda v: np.broadcast_to(v, (channels,)))
    return graph.emit(call, "prelu", [x], {}, {"slope": per_channel})


def gelu(call: Call, graph: Builder) -> Value:
    """Gelu (opset 20)."""
    how = call.attribute("approximate", "none")
    if how not in ("none", "tanh"):
        raise call.wrong(f"has approximate {how!r}, expected none or tanh")
    call.finish()
    return graph.emit(call, "gelu", [call.value()], {"approximate": how == "tanh"})


def swish(call: Call, graph: Builder) -> Value:
    """Swish (opset 24): x sigmoid(alpha x)."""
    if call.attribute("alpha", 1.0) != 1.0:
        raise call.wrong("has an alpha other than 1, which netparity does not read")
    call.finish()
    return graph.emit(call, "swish", [call.value()])


def softmax(call: Call, graph: Builder) -> Value:
    """Softmax: of one axis since opset 13, of all axes from one on before."""
    x = call.value()
    joint = call.version < 13
    axis = call.axis(call.attribute("axis", 1 if joint else -1), x.rank)
    call.finish()
    positions = [axis]
    if joint:
        positions = [at for at in range(axis, x.rank) if x.sizes[at] != 1] or [axis]
    if 0 in [x.axes[position] for position in positions]:
        raise call.wrong("takes the softmax over images")
    if len(positions) == 1:
        return graph.emit(call, "softmax", [x], {"axis": _from_end(x, positions[0])})
    if axis != 1:
        raise call.wrong(f"takes the softmax over the axes from {axis} on at once")
    flat = graph.flattened(call, x, suffix="_flat")
    soft = graph.emit(call, "softmax", [flat], suffix="_softmax")
    axes = tuple(range(x.rank))
    suffix = "" if x.axes == axes else "_rows"
    shape = {"shape": x.sizes[1:]}
    rows = graph.emit(call, "reshape", [soft], shape, axes=axes, suffix=suffix)
    return graph.arranged(call, rows, x.axes, suffix="")


def _from_end(x: Value, position: int) -> int:
    """An axis of the graph, counted from the end, so that the channels are -1."""
    return x.axes[position] - 1 - len(x.shape)


TRANSLATIONS: dict[str, Translation] = {
    "Relu": _simple("relu"),
    "LeakyRelu": _simple("leaky_relu", slope=("alpha", 0.01)),
    "PRelu": prelu,
    "Clip": clip,
    "Sigmoid": _simple("sigmoid"),
    "HardSigmoid": _simple("hard_sigmoid", slope=("alpha", 0.2), offset=("beta", 0.5)),
    "HardSwish": _simple("hard_swish"),
    "Swish": swish,
    "Tanh": _simple("tanh"),
    "Elu": _simple("elu", alpha=("alpha", 1.0)),
    "Selu": _simple("selu", alpha=("alpha", _SELU_ALPHA), gamma=("gamma", _SELU_GAMMA)),
    "Gelu": gelu,
    "Softmax": softmax,
}
