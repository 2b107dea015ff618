"""Functions of TensorFlow in a functional model of its own Keras 2, which are layers there.

A layer of class TFOpLambda names the function; its arguments are constants or outputs of layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.call import Call
from netparity.networks.reading.keras.fields import Fields
from netparity.networks.reading.keras.operators import (
    add,
    cast,
    constants,
    divide,
    mean,
    multiply,
    scaled,
    simple,
    subtract,
)


def bias_add(call: Call) -> Value:
    """TensorFlow's nn.bias_add: a number for each channel."""
    bias, layout = call.keywords.get("bias"), call.keywords.get("data_format") or "NHWC"
    first = isinstance(layout, str) and layout.startswith("NC")
    if not isinstance(bias, list) or any(isinstance(each, list) for each in bias):
        raise call.fields.refused(f"adds {str(bias)[:60]!r}, expected a number for each channel")
    return scaled(call, bias=constants(call, [[[n]] for n in bias] if first else bias))


def reduce_mean(call: Call) -> Value:
    """TensorFlow's math.reduce_mean(axis, keepdims)."""
    given = {name: call.keywords.get(name) for name in ("axis", "keepdims")}
    fields = Fields(call.fields.name, call.fields.kind, given)
    return mean(replace(call, fields=fields))


TENSORFLOW: dict[str, Callable[[Call], Value]] = {
    "__operators__.add": add,
    "math.add": add,
    "math.subtract": subtract,
    "math.multiply": multiply,
    "math.truediv": divide,
    "nn.relu": simple("relu"),
    "nn.relu6": simple("clipped_relu", minimum=0.0, maximum=6.0),
    "math.sigmoid": simple("sigmoid"),
    "math.tanh": simple("tanh"),
    "nn.silu": simple("swish"),
    "nn.bias_add": bias_add,
    "math.reduce_mean": reduce_mean,
    "cast": cast,
    "identity": simple("identity"),
}
"""By the function that TensorFlow's own Keras 2 writes as a layer of class TFOpLambda."""


def tensorflow(call: Call) -> Value:
    """TFOpLambda: a function of TensorFlow by its name, which is no code."""
    name = call.fields.text("function", default="")
    if name not in TENSORFLOW:
        raise call.fields.refused(f"is the function {name[:60]!r}, which netparity cannot read")
    return TENSORFLOW[name](call)
