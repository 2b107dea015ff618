"""Layers with several inputs."""

from __future__ import annotations

from collections.abc import Callable

from netparity.networks.reading.keras.building import Value, constant
from netparity.networks.reading.keras.call import Call
from netparity.networks.reading.keras.local_response import folded


def together(call: Call, values: list[Value]) -> list[Value]:
    """The values with one order of axes, so that NumPy's broadcasting is Keras's."""
    ranks = {len(value.shape) for value in values}
    if len(ranks) == 1:
        return [call.arranged(values[0].order, value) for value in values]
    most = max(ranks)
    plain = [call.plain(value) for value in values]
    return [
        value
        if len(value.shape) == most
        else call.node(
            "reshape",
            [value],
            {"shape": (*(1,) * (most - len(value.shape)), *value.shape)},
            suffix="reshaped",
        )
        for value in plain
    ]


def _several(call: Call) -> list[Value]:
    if len(call.inputs) < 2:
        raise call.fields.refused(f"has {len(call.inputs)} inputs, expected 2 or more")
    return list(call.inputs)


def _merge(op: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        return call.node(op, together(call, _several(call)))

    return read


def multiply(call: Call) -> Value:
    """Multiply, which may be the end of a local response normalisation."""
    values = _several(call)
    return folded(call, values) or call.node("multiply", together(call, values))


def average(call: Call) -> Value:
    """Average: the sum, divided by how many there are."""
    values = together(call, _several(call))
    total = call.node("add", values, suffix="sum")
    return call.node("scale_shift", [total], {}, {"scale": constant(1 / len(values))})


def scaled_sum(call: Call) -> Value:
    """CustomScaleLayer of Keras's InceptionResNetV2: the first input + scale * the second."""
    first, second = together(call, _several(call))
    scale = constant(call.fields.number("scale", default=1.0))
    branch = call.node("scale_shift", [second], {}, {"scale": scale}, suffix="scaled")
    return call.node("add", [first, branch])


def concatenate(call: Call) -> Value:
    """Concatenate(axis)."""
    axis = call.fields.whole("axis", "concat_axis", default=-1)
    if not call.inputs:
        raise call.fields.refused("has no inputs")
    values = [call.arranged(call.inputs[0].order, value) for value in call.inputs]
    place = call.axis(axis, values[0]) - len(values[0].shape)
    return call.node("concat", values, {"axis": place})


def merge(call: Call) -> Value:
    """Keras 1's Merge(mode)."""
    mode = call.fields.text("mode", default="sum")
    for name in ("dot_axes", "mode_type", "output_shape_type", "output_mask_type", "arguments"):
        call.fields.get(name)
    if call.fields.get("mode_type") not in (None, "raw") or call.fields.get("layers"):
        raise call.fields.refused(
            "is built from code or from models, which netparity does not read"
        )
    known = {"sum": _merge("add"), "mul": multiply, "ave": average, "concat": concatenate}
    if mode not in known:
        raise call.fields.refused(f"has mode {mode[:40]!r}, which netparity does not compute")
    call.fields.get("concat_axis")
    return known[mode](call)


MERGING_LAYERS = {
    "Add": _merge("add"),
    "Multiply": multiply,
    "Subtract": _merge("subtract"),
    "Average": average,
    "CustomScaleLayer": scaled_sum,
    "Concatenate": concatenate,
    "Merge": merge,
}
