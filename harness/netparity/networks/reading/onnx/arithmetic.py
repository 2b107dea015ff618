"""Add, Sub, Mul and Div of activations and constants."""

from __future__ import annotations

import numpy as np

from netparity.networks.reading.onnx.builder import Builder, Translation, per_axis
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.constants import Constant, Values, known
from netparity.networks.reading.onnx.values import Value


def _operands(call: Call, graph: Builder) -> tuple[list[Value], Constant | None, bool]:
    """The activations in one order of axes, a constant, and whether the constant is first."""
    call.finish()
    if len(call.inputs) < 1 or None in call.inputs:
        raise call.wrong("lacks an input")
    values = [given for given in call.inputs if isinstance(given, Value)]
    constants = [given for given in call.inputs if isinstance(given, Constant)]
    if len(constants) > 1:
        raise call.wrong("has several constants")
    ranks = {value.rank for value in values}
    if len(ranks) > 1:
        raise call.wrong(f"combines activations of {' and '.join(map(str, sorted(ranks)))} axes")
    axes = max(values, key=lambda value: value.shape).axes
    aligned = [graph.arranged(call, value, axes) for value in values]
    return aligned, constants[0] if constants else None, isinstance(call.inputs[0], Constant)


def add(call: Call, graph: Builder) -> Value:
    """Add and Sum: with a constant for each unit, the bias of the layer before."""
    values, constant, _ = _operands(call, graph)
    if constant is None:
        return graph.emit(call, "add", values) if len(values) > 1 else values[0]
    if len(values) > 1:
        raise call.wrong("adds several activations and a constant")
    return _offset(call, graph, values[0], constant)


def _offset(call: Call, graph: Builder, x: Value, constant: Constant) -> Value:
    bias = per_axis(call, x, constant)
    made_by = graph.nodes.get(x.node)
    units = x.shape[-1:]
    layers = ("conv", "conv_transpose", "dense")
    if made_by is not None:
        fits = bias.shape == units and made_by.op in layers
        if fits or (made_by.op == "scale_shift" and "scale" in made_by.tensors):
            attached = graph.attach(call, x, "bias", bias)
            if attached is not None:
                return attached
    return graph.emit(call, "scale_shift", [x], {}, {"bias": bias})


def subtract(call: Call, graph: Builder) -> Value:
    """Sub: of a mean from the image, for example."""
    values, constant, constant_first = _operands(call, graph)
    if constant is None:
        return graph.emit(call, "subtract", values)
    [x] = values
    if not constant_first:
        return _offset(call, graph, x, constant.changed(constant.shape, np.negative))
    tensors = {
        "scale": known("-1", np.array([-1], np.float32)),
        "bias": per_axis(call, x, constant),
    }
    return graph.emit(call, "scale_shift", [x], {}, tensors)


def negative(call: Call, graph: Builder) -> Value:
    """Neg."""
    call.finish()
    x = call.value()
    scale = known("-1", np.array([-1], np.float32))
    return graph.emit(call, "scale_shift", [x], {}, {"scale": scale})


def multiply(call: Call, graph: Builder) -> Value:
    """Mul."""
    values, constant, _ = _operands(call, graph)
    if constant is None:
        return graph.emit(call, "multiply", values)
    [x] = values
    return graph.emit(call, "scale_shift", [x], {}, {"scale": per_axis(call, x, constant)})


def power(call: Call, graph: Builder) -> Value:
    """Pow with a small whole exponent: the activation multiplied by itself."""
    x, exponent = call.value(), call.number(1, "exponent")
    call.finish()
    if exponent not in (1, 2, 3, 4):
        raise call.wrong(f"has the exponent {exponent:g}; netparity reads 1 to 4")
    return graph.emit(call, "multiply", [x] * int(exponent)) if exponent > 1 else x


def larger(call: Call, graph: Builder) -> Value:
    """Max of an activation and a number: a bound below."""
    return _bounded(call, graph, "minimum")


def smaller(call: Call, graph: Builder) -> Value:
    """Min of an activation and a number: a bound above."""
    return _bounded(call, graph, "maximum")


def _bounded(call: Call, graph: Builder, bound: str) -> Value:
    values, constant, constant_first = _operands(call, graph)
    if constant is None or len(values) > 1:
        raise call.wrong("compares activations, which netparity does not read")
    number = call.number(0 if constant_first else 1, "bound")
    if bound == "minimum" and number == 0:
        return graph.emit(call, "relu", values)
    attributes = {"minimum": None, "maximum": None, bound: number}
    return graph.emit(call, "clipped_relu", values, attributes)


def divide(call: Call, graph: Builder) -> Value:
    """Div."""
    values, constant, constant_first = _operands(call, graph)
    if constant is None:
        return graph.emit(call, "divide", values)
    if constant_first:
        raise call.wrong("divides a constant by an activation, which netparity does not read")
    [x] = values
    scale = per_axis(call, x, constant.changed(constant.shape, _reciprocal))
    return graph.emit(call, "scale_shift", [x], {}, {"scale": scale})


def _reciprocal(values: Values) -> Values:
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / values.astype(np.float64))


TRANSLATIONS: dict[str, Translation] = {
    "Add": add,
    "Sum": add,
    "Sub": subtract,
    "Mul": multiply,
    "Div": divide,
    "Neg": negative,
    "Pow": power,
    "Max": larger,
    "Min": smaller,
}
