"""Convolution, Deconvolution and InnerProduct."""

from __future__ import annotations

import math

from netparity.networks.node import Shape
from netparity.networks.reading.caffe.assembly import (
    Assembly,
    Tensor,
    Value,
    axis_of,
    vector,
    weights,
)
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import Message, WrongError

_MOST_SIZE = 2**16


def pair(parameters: Message, plain: str, sides: tuple[str, str], default: int) -> tuple[int, int]:
    """Height and width of a window, a stride or a pad: one number for both, or one for each.

    Raises:
        WrongError: if they are stated in both ways, or are no sizes.
    """
    stated = parameters.integers(plain)
    if any(parameters.has(side) for side in sides):
        if stated:
            raise WrongError(f"states {plain} and also {sides[0]} or {sides[1]}")
        found = [parameters.integer(side, default) for side in sides]
    elif len(stated) > 2:
        raise WrongError(f"has {len(stated)} numbers as {plain}; netparity reads two dimensions")
    else:
        found = (stated * 2)[:2] if len(stated) == 1 else stated or [default, default]
    if any(not 0 <= size <= _MOST_SIZE for size in found):
        raise WrongError(f"has {plain} {found[0]} x {found[1]}")
    return found[0], found[1]


def window(parameters: Message) -> tuple[int, int]:
    """Height and width of a kernel."""
    found = pair(parameters, "kernel_size", ("kernel_h", "kernel_w"), 0)
    if 0 in found:
        raise WrongError("has no kernel_size")
    return found


def strides(parameters: Message) -> tuple[int, int]:
    """The strides of a window."""
    return pair(parameters, "stride", ("stride_h", "stride_w"), 1)


def pads(parameters: Message) -> tuple[int, int, int, int]:
    """Zeros at the top, bottom, left and right."""
    height, width = pair(parameters, "pad", ("pad_h", "pad_w"), 0)
    return (height, height, width, width)


def units_of(parameters: Message, layer: Layer) -> int:
    """The number of outputs.

    Raises:
        WrongError: if it is not stated.
    """
    units = parameters.integer("num_output", 0)
    if units < 1:
        raise WrongError(
            f"has num_output {units}" if parameters.has("num_output") else "has no num_output"
        )
    return units


def _bias(layer: Layer, parameters: Message, units: int) -> dict[str, Tensor]:
    return {"bias": vector(layer, 1, units)} if parameters.flag("bias_term", True) else {}


def _image(layer: Layer, graph: Assembly, parameters: Message) -> Value:
    [x] = graph.read(layer)
    if len(x.shape) != 3 or axis_of(x, parameters.integer("axis", 1)) != 1:
        raise WrongError("works on a blob that is not images x channels x height x width")
    return x


def _grouped(layer: Layer, graph: Assembly, parameters: Message) -> tuple[Value, int, int]:
    """The input, the number of outputs, and the groups, which divide the channels of both."""
    x, units = _image(layer, graph, parameters), units_of(parameters, layer)
    groups = parameters.integer("group", 1)
    if groups < 1 or x.shape[2] % groups or units % groups:
        raise WrongError(
            f"has {groups} groups for {x.shape[2]} channels and {units} outputs, which they do not "
            "divide"
        )
    return x, units, groups


def convolution(layer: Layer, graph: Assembly) -> Value:
    """Caffe's kernels are output x input channels x height x width."""
    given = layer.parameters("convolution_param")
    x, units, groups = _grouped(layer, graph, given)
    size, share = window(given), x.shape[2] // groups
    kernel = weights(
        layer, 0, (units, share, *size), lambda k: k.transpose(2, 3, 1, 0), (*size, share, units)
    )
    attributes = {
        "strides": strides(given),
        "pads": pads(given),
        "dilations": pair(given, "dilation", ("", ""), 1),
        "groups": groups,
    }
    return graph.add(
        layer, "conv", [x], attributes, {"kernel": kernel, **_bias(layer, given, units)}
    )


def deconvolution(layer: Layer, graph: Assembly) -> Value:
    """Caffe's kernels are input x output channels x height x width."""
    given = layer.parameters("convolution_param")
    x, units, groups = _grouped(layer, graph, given)
    size, share = window(given), units // groups
    sizes = (x.shape[2], share, *size)
    shape = (*size, share, x.shape[2])
    kernel = weights(layer, 0, sizes, lambda k: k.transpose(2, 3, 1, 0), shape)
    attributes = {
        "strides": strides(given),
        "crops": pads(given),
        "dilations": pair(given, "dilation", ("", ""), 1),
        "groups": groups,
    }
    tensors = {"kernel": kernel, **_bias(layer, given, units)}
    return graph.add(layer, "conv_transpose", [x], attributes, tensors)


def inner_product(layer: Layer, graph: Assembly) -> Value:
    """A map is read in the order channels, height, width."""
    given = layer.parameters("inner_product_param")
    [x] = graph.read(layer)
    if axis_of(x, given.integer("axis", 1)) != 1:
        raise WrongError("works on a part of the axes; netparity reads axis 1 only")
    units, inputs = units_of(given, layer), math.prod(x.shape)
    is_turned = given.flag("transpose", False)
    sizes: Shape = (inputs, units) if is_turned else (units, inputs)

    def arranged(kernel):  # type: ignore[no-untyped-def]
        rows = kernel if is_turned else kernel.T
        if len(x.shape) == 1:
            return rows
        return rows.reshape(*x.sizes, units).transpose(1, 2, 0, 3)

    shape = (*x.shape, units)
    tensors = {"kernel": weights(layer, 0, sizes, arranged, shape), **_bias(layer, given, units)}
    return graph.add(layer, "dense", [x], {}, tensors)
