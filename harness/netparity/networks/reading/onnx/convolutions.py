"""Conv, ConvTranspose, Gemm and MatMul, whose constants become kernels and biases."""

from __future__ import annotations

from netparity.networks.reading.onnx.builder import Builder
from netparity.networks.reading.onnx.calls import Call
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.values import CHANNELS_FIRST, Value
from netparity.networks.reading.onnx.windows import Window, pads_of, window_of


def convolution(call: Call, graph: Builder) -> Value:
    """Conv: its kernel is out x in x height x width."""
    x = graph.arranged(call, call.value(), CHANNELS_FIRST)
    kernel = _kernel(call)
    window = window_of(call, kernel.shape[2:])
    tensors = {"kernel": kernel.transposed((2, 3, 1, 0)), **_bias(call, 2, kernel.shape[0])}
    attributes = {
        "strides": window.strides,
        "pads": pads_of(call, window, x.shape[:2]),
        "dilations": window.dilations,
        "groups": call.attribute("group", 1),
    }
    call.finish()
    return graph.emit(call, "conv", [x], attributes, tensors)


def transposed_convolution(call: Call, graph: Builder) -> Value:
    """ConvTranspose: its kernel is in x out x height x width, and its pads cut the output."""
    x = graph.arranged(call, call.value(), CHANNELS_FIRST)
    kernel, groups = _kernel(call), call.attribute("group", 1)
    window = window_of(call, kernel.shape[2:])
    tensors = {
        "kernel": kernel.transposed((2, 3, 1, 0)),
        **_bias(call, 2, kernel.shape[1] * groups),
    }
    attributes = {
        "strides": window.strides,
        "dilations": window.dilations,
        "crops": _crops(call, window, x),
        "groups": groups,
    }
    call.finish()
    return graph.emit(call, "conv_transpose", [x], attributes, tensors)


def _crops(call: Call, window: Window, x: Value) -> tuple[int, int, int, int]:
    """What is cut at the top, bottom, left and right (ONNX's ConvTranspose has the formula)."""
    extra = call.whole("output_padding", 2, (0, 0))
    wanted = call.attribute("output_shape", ())
    if len(wanted) > 2:
        wanted = wanted[-2:]
    if not wanted and window.auto in ("SAME_UPPER", "SAME_LOWER"):
        wanted = tuple(size * s for size, s in zip(x.shape[:2], window.strides, strict=True))
    crops = []
    for axis in range(2):
        reach = window.dilations[axis] * (window.size[axis] - 1) + 1
        full = window.strides[axis] * (x.shape[axis] - 1) + reach
        if not wanted:
            before, after = window.pads[axis], window.pads[axis + 2] - extra[axis]
        else:
            total = full + extra[axis] - wanted[axis]
            before = total // 2 if window.auto == "SAME_UPPER" else total - total // 2
            after = full - wanted[axis] - before
        crops += [before, after]
    top, bottom, left, right = crops
    return top, bottom, left, right


def gemm(call: Call, graph: Builder) -> Value:
    """Gemm: alpha A B + beta C, with A the activation and B a constant."""
    x = call.value()
    if call.attribute("transA", 0):
        raise call.wrong("has transA, which mixes images; netparity reads transA=0 only")
    kernel = call.constant(1, "kernel")
    if len(kernel.shape) != 2 or (x.rank != 2 and call.rows is None):
        raise call.wrong(f"has a kernel {kernel.shape} and an input of {x.rank} axes, expected 2")
    if call.attribute("transB", 0):
        kernel = kernel.transposed((1, 0))
    kernel = kernel.scaled(call.attribute("alpha", 1.0))
    beta, tensors = call.attribute("beta", 1.0), {"kernel": kernel}
    if call.has(2) and beta != 0:
        bias = call.constant(2, "bias").scaled(beta)
        tensors["bias"] = _per_unit(call, bias, kernel.shape[1])
    call.finish()
    return graph.emit(call, "dense", [_last(call, graph, x)], {}, tensors)


def product(call: Call, graph: Builder) -> Value:
    """MatMul of an activation and a constant: a dense layer on the last axis."""
    if all(isinstance(given, Value) for given in call.inputs):
        raise call.wrong("multiplies two activations, which netparity does not read")
    x, kernel = call.value(), call.constant(1, "kernel")
    if len(kernel.shape) != 2:
        raise call.wrong(f"has a kernel of {len(kernel.shape)} axes, expected 2")
    call.finish()
    return graph.emit(call, "dense", [_last(call, graph, x)], {}, {"kernel": kernel})


def _last(call: Call, graph: Builder, x: Value) -> Value:
    """The same activation, the file's last axis being the graph's last."""
    if x.axes[-1] == x.rank - 1:
        return x
    return graph.arranged(call, x, tuple(range(x.rank)))


def _kernel(call: Call) -> Constant:
    kernel = call.constant(1, "kernel")
    if len(kernel.shape) != 4:
        raise call.wrong(
            f"has a kernel of {len(kernel.shape)} axes; netparity reads two-dimensional "
            "convolutions, whose kernels have 4"
        )
    return kernel


def _bias(call: Call, position: int, units: int) -> dict[str, Constant]:
    if not call.has(position):
        return {}
    return {"bias": _per_unit(call, call.constant(position, "bias"), units)}


def _per_unit(call: Call, bias: Constant, units: int) -> Constant:
    """One value for each unit."""
    sizes = [size for size in bias.shape if size != 1]
    if sizes not in ([], [units]):
        raise call.wrong(f"has a bias of shape {bias.shape} for {units} units")
    if bias.size == units:
        return bias if bias.shape == (units,) else bias.reshaped((units,))
    import numpy as np

    return bias.changed((units,), lambda values: np.broadcast_to(values.ravel(), (units,)))
