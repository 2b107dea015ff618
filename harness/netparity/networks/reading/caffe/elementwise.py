"""Layers that compute each value by itself: activations, Power, Dropout."""

from __future__ import annotations

from netparity.networks.reading.caffe.assembly import Assembly, Tensor, Value, constant, vector
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import WrongError


def relu(layer: Layer, graph: Assembly) -> Value:
    """ReLU, leaky with a negative_slope."""
    slope = layer.parameters("relu_param").number("negative_slope", 0.0)
    if slope:
        return graph.add(layer, "leaky_relu", graph.read(layer), {"slope": slope})
    return graph.add(layer, "relu", graph.read(layer))


def prelu(layer: Layer, graph: Assembly) -> Value:
    """PReLU with a slope for each channel, or one for all."""
    [x] = graph.read(layer)
    is_shared = layer.parameters("prelu_param").flag("channel_shared", False)
    slope = vector(layer, 0, 1 if is_shared else x.shape[-1])
    return graph.add(layer, "prelu", [x], {}, {"slope": slope})


def elu(layer: Layer, graph: Assembly) -> Value:
    """ELU."""
    alpha = layer.parameters("elu_param").number("alpha", 1.0)
    return graph.add(layer, "elu", graph.read(layer), {"alpha": alpha})


def sigmoid(layer: Layer, graph: Assembly) -> Value:
    """Sigmoid."""
    return graph.add(layer, "sigmoid", graph.read(layer))


def tanh(layer: Layer, graph: Assembly) -> Value:
    """TanH."""
    return graph.add(layer, "tanh", graph.read(layer))


def clip(layer: Layer, graph: Assembly) -> Value:
    """Clip between two numbers, both of which must be stated."""
    given = layer.parameters("clip_param")
    if not (given.has("min") and given.has("max")):
        raise WrongError("does not state min and max")
    limits = {"minimum": given.number("min", 0.0), "maximum": given.number("max", 0.0)}
    return graph.add(layer, "clipped_relu", graph.read(layer), limits)


def dropout(layer: Layer, graph: Assembly) -> Value:
    """Dropout, which changes nothing at prediction."""
    rate = layer.parameters("dropout_param").number("dropout_ratio", 0.5)
    return graph.add(layer, "dropout", graph.read(layer), {"rate": rate})


def power(layer: Layer, graph: Assembly) -> Value:
    """(shift + scale x) ^ power, of which the power must be 1."""
    given = layer.parameters("power_param")
    if given.number("power", 1.0) != 1.0:
        raise WrongError(
            f"raises to the power {given.number('power', 1.0):g}; netparity reads a power of 1 only"
        )
    return moved(
        layer, graph, graph.read(layer)[0], given.number("scale", 1.0), given.number("shift", 0.0)
    )


def moved(
    layer: Layer, graph: Assembly, x: Value, scale: float, shift: float, suffix: str = ""
) -> Value:
    """A node for scale times x plus shift."""
    tensors: dict[str, Tensor] = {}
    if scale != 1.0:
        tensors["scale"] = constant(scale)
    if shift != 0.0:
        tensors["bias"] = constant(shift)
    if not tensors:
        return graph.add(layer, "identity", [x], suffix=suffix)
    return graph.add(layer, "scale_shift", [x], {}, tensors, suffix=suffix)
