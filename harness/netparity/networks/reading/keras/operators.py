"""Functions of `keras.ops` in a functional model of Keras 3, and `x + y` of outputs of layers.

Keras counts the batch as an axis; constants are numbers, or lists of them for arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from netparity.networks.reading.keras import local_response
from netparity.networks.reading.keras.building import Value, constant
from netparity.networks.reading.keras.call import Call
from netparity.networks.reading.keras.merging import concatenate, together
from netparity.networks.reading.keras.picking import item, stack

Two = tuple[Any, Any]


def _two(call: Call) -> Two:
    """What a function of two is given: values or constants."""
    given = list(call.arguments)
    for name in ("x1", "x2", "y"):
        if name in call.keywords:
            given.append(call.keywords[name])
    if len(given) != 2:
        raise call.fields.refused(f"is called with {len(given)} arguments, expected 2")
    return given[0], given[1]


def constants(call: Call, given: Any) -> Any:
    """A constant, as an array that broadcasts over one image in the graph's order of axes."""
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        array = np.asarray(np.nan)
    rank = len(call.value.shape)
    if array.ndim == rank + 1 and len(array) == 1:
        array = array[0]
    if array.ndim > rank or not array.size or not np.isfinite(array).all():
        raise call.fields.refused(f"is called with {str(given)[:60]!r}, expected numbers")
    if array.ndim == 0 or call.value.plain:
        return array
    full = array.reshape((1,) * (rank - array.ndim) + array.shape)
    order = call.value.order
    return full.transpose([order.index(axis) for axis in range(rank)])


def scaled(call: Call, scale: Any = None, bias: Any = None) -> Value:
    """The only input * scale + bias."""
    tensors = {
        role: constant(values)
        for role, values in (("scale", scale), ("bias", bias))
        if values is not None
    }
    call.build.scalings.add(call.name)
    return call.node("scale_shift", None, {}, tensors)


def add(call: Call) -> Value:
    """Add: two values, or a value and a constant."""
    first, second = _two(call)
    if isinstance(first, Value) and isinstance(second, Value):
        return call.node("add", together(call, [first, second]))
    return scaled(call, bias=constants(call, second if isinstance(first, Value) else first))


def subtract(call: Call) -> Value:
    """Subtract: values, or one of them a constant."""
    first, second = _two(call)
    if isinstance(first, Value) and isinstance(second, Value):
        return call.node("subtract", together(call, [first, second]))
    if isinstance(first, Value):
        return scaled(call, bias=-constants(call, second))
    return scaled(call, -1.0, constants(call, first))


def multiply(call: Call) -> Value:
    """Multiply: two values, or a value and a constant."""
    first, second = _two(call)
    if isinstance(first, Value) and isinstance(second, Value):
        return call.node("multiply", together(call, [first, second]))
    return scaled(call, constants(call, second if isinstance(first, Value) else first))


def divide(call: Call) -> Value:
    """Divide: two values, or a value by a constant."""
    first, second = _two(call)
    if isinstance(first, Value) and isinstance(second, Value):
        return call.node("divide", together(call, [first, second]))
    if not isinstance(first, Value):
        raise call.fields.refused("divides a constant, which netparity does not compute")
    divisor = constants(call, second)
    if not divisor.all():
        raise call.fields.refused("divides by 0")
    return scaled(call, 1 / divisor)


def _limit(which: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        first, second = _two(call)
        given = second if isinstance(first, Value) else first
        if isinstance(given, Value) or np.ndim(constants(call, given)):
            raise call.fields.refused("compares with more than one number")
        limits = {"minimum": None, "maximum": None, which: float(constants(call, given))}
        return call.node("clipped_relu", None, limits)

    return read


def clip(call: Call) -> Value:
    """Clip(x_min, x_max)."""
    least = call.fields.number("x_min", default=0.0)
    most = call.fields.number("x_max", default=0.0)
    return call.node("clipped_relu", None, {"minimum": least, "maximum": most})


def negative(call: Call) -> Value:
    """Negative."""
    return scaled(call, -1.0)


def square(call: Call) -> Value:
    """Square."""
    return call.node("multiply", [call.value, call.value])


def power(call: Call) -> Value:
    """Power: a square, or the one in a local response normalisation."""
    first, second = _two(call)
    if not isinstance(first, Value) or isinstance(second, Value) or np.ndim(second):
        raise call.fields.refused("has an exponent that is not a number")
    exponent = float(constants(call, second))
    return square(call) if exponent == 2 else local_response.power(call, first, exponent)


def _axes(call: Call) -> tuple[int, ...]:
    axes = call.fields.wholes("axis")
    if axes is None:
        raise call.fields.refused("has no axes, so it takes the batch together")
    return axes


def mean(call: Call) -> Value:
    """Mean(axis, keepdims)."""
    keep = call.fields.flag("keepdims", default=False)
    value = call.value if keep else call.plain()
    axes = tuple(sorted(call.axis(axis, value) for axis in _axes(call)))
    return call.node("mean", [value], {"axes": axes, "keep_dims": keep})


def reshape(call: Call) -> Value:
    """Reshape(newshape), of which the first is the batch."""
    value = call.plain()
    shape = list(call.fields.wholes("newshape") or ())[1:]
    count = int(np.prod(value.shape))
    rest = int(np.prod([size for size in shape if size != -1], dtype=object))
    if shape.count(-1) == 1 and rest:
        shape[shape.index(-1)] = count // rest
    if not shape or min(shape) < 1 or int(np.prod(shape, dtype=object)) != count:
        raise call.fields.refused(f"has newshape {shape}, which does not have {count} values")
    order = tuple(range(len(shape)))
    return call.node("reshape", [value], {"shape": tuple(shape)}, order=order)


def transpose(call: Call) -> Value:
    """Transpose(axes), of which the first is the batch."""
    value, axes = call.value, call.fields.wholes("axes") or ()
    if axes[:1] != (0,) or sorted(axes) != list(range(len(value.shape) + 1)):
        raise call.fields.refused(f"has axes {axes}, expected the batch first and every other once")
    order = tuple(value.order[axis - 1] for axis in axes[1:])
    return call.node("transpose", [value], {"order": order}, order=tuple(range(len(order))))


def pad(call: Call) -> Value:
    """Pad(pad_width, mode), of which the first is the batch."""
    value, width = call.value, call.fields.get("pad_width")
    given = list(call.arguments)[1:] + [
        number for number in [call.keywords.get("constant_values")] if number is not None
    ]
    number = float(constants(call, given[0])) if given and np.ndim(given[0]) == 0 else 0.0
    mode = call.fields.text("mode", default="constant")
    fits = isinstance(width, list) and len(width) == len(value.shape) + 1
    pairs = [tuple(pair) for pair in width or () if isinstance(pair, list) and len(pair) == 2]
    if not fits or len(pairs) != len(width) or pairs[0] != (0, 0):
        raise call.fields.refused(
            f"has pad_width {str(width)[:60]!r}, expected a pair for each axis"
        )
    if mode not in ("constant", "reflect", "edge"):
        raise call.fields.refused(f"has mode {mode[:40]!r}, which netparity does not compute")
    pads = tuple(pairs[1 + value.order.index(axis)] for axis in range(len(value.shape)))
    return call.node("pad", None, {"pads": pads, "mode": mode, "value": number})


def cast(call: Call) -> Value:
    """Cast from one type of real numbers to another."""
    given = call.keywords.get("dtype")
    kind = call.fields.text("dtype", default=given if isinstance(given, str) else "float32")
    if kind not in ("float16", "bfloat16", "float32", "float64"):
        raise call.fields.refused(f"turns values into {kind[:40]!r}, expected floats")
    return call.node("identity")


def simple(op: str, **attributes: Any) -> Callable[[Call], Value]:
    """A function of one input that is a node with these attributes."""
    return lambda call: call.node(op, None, attributes)


def softmax(call: Call) -> Value:
    """Softmax(axis)."""
    axis = call.axis(call.fields.whole("axis", default=-1)) - len(call.value.shape)
    return call.node("softmax", None, {"axis": axis})


def gelu(call: Call) -> Value:
    """Gelu(approximate)."""
    return call.node("gelu", None, {"approximate": call.fields.flag("approximate", default=True)})


def leaky_relu(call: Call) -> Value:
    """LeakyRelu(negative_slope)."""
    return call.node(
        "leaky_relu", None, {"slope": call.fields.number("negative_slope", default=0.2)}
    )


OPERATORS: dict[str, Callable[[Call], Value]] = {
    "Add": add,
    "Subtract": subtract,
    "Multiply": multiply,
    "Divide": divide,
    "TrueDivide": divide,
    "Maximum": _limit("minimum"),
    "Minimum": _limit("maximum"),
    "Clip": clip,
    "Negative": negative,
    "Square": square,
    "Power": power,
    "Concatenate": concatenate,
    "Mean": mean,
    "Reshape": reshape,
    "Transpose": transpose,
    "Pad": pad,
    "GetItem": item,
    "Stack": stack,
    "Cast": cast,
    "Softmax": softmax,
    "Gelu": gelu,
    "LeakyRelu": leaky_relu,
    "Relu": simple("relu"),
    "Relu6": simple("clipped_relu", minimum=0.0, maximum=6.0),
    "Sigmoid": simple("sigmoid"),
    "Silu": simple("swish"),
    "HardSilu": simple("hard_swish"),
    "HardSwish": simple("hard_swish"),
    "HardSigmoid": simple("hard_sigmoid", slope=1 / 6, offset=0.5),
    "Tanh": simple("tanh"),
    "Softplus": simple("softplus"),
    "Selu": simple("selu"),
}
"""By class; each is what `keras.ops` makes of the function of the same name in lower case."""
