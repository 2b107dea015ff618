"""Activations: as layers of their own, and as the `activation` of another layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netparity.networks.reading.keras.building import Tensor, Value, of_file
from netparity.networks.reading.keras.call import Call
from netparity.networks.reading.keras.fields import Fields

_SIMPLE: dict[str, tuple[str, dict[str, Any]]] = {
    "linear": ("identity", {}),
    "relu": ("relu", {}),
    "relu6": ("clipped_relu", {"minimum": 0.0, "maximum": 6.0}),
    "sigmoid": ("sigmoid", {}),
    "tanh": ("tanh", {}),
    "swish": ("swish", {}),
    "silu": ("swish", {}),
    "hard_swish": ("hard_swish", {}),
    "hard_silu": ("hard_swish", {}),
    "hard_tanh": ("clipped_relu", {"minimum": -1.0, "maximum": 1.0}),
    "elu": ("elu", {"alpha": 1.0}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {"approximate": False}),
    "leaky_relu": ("leaky_relu", {"slope": 0.2}),
    "softplus": ("softplus", {}),
    "softmax": ("softmax", {}),
    "hard_sigmoid": ("hard_sigmoid", {}),
}
_KERAS = ("builtins", "keras", "tf_keras", "tensorflow")
_LAYERS = {"LeakyReLU", "ReLU", "ELU", "Softmax"}


def activated(
    call: Call,
    op: str,
    inputs: Sequence[Value],
    attributes: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> Value:
    """A node, followed by the layer's own activation as another one, if it has any."""
    spec = call.fields.get("activation")
    if spec is None or _name(call.fields, spec) == "linear":
        return call.node(op, inputs, attributes, tensors)
    linear = call.node(op, inputs, attributes, tensors, suffix="linear")
    return _apply(call, linear, spec)


def activation(call: Call) -> Value:
    """The layer Activation."""
    return _apply(call, call.value, call.fields.get("activation") or "linear")


def _apply(call: Call, value: Value, spec: Any) -> Value:
    name = _name(call.fields, spec)
    if isinstance(name, Fields):
        return _of_layer(call, value, name)
    if name not in _SIMPLE:
        raise call.fields.refused(
            f"has the activation {name[:60]!r}, which netparity does not compute"
        )
    op, attributes = _SIMPLE[name]
    attributes = dict(attributes)
    if name == "softmax":
        attributes["axis"] = call.axis(-1, value)
        attributes["axis"] -= len(value.shape)
    if name == "hard_sigmoid":
        attributes |= {"slope": 0.2 if call.era.version < 3 else 1 / 6, "offset": 0.5}
    return call.node(op, [value], attributes)


def _name(fields: Fields, spec: Any) -> str | Fields:
    """The activation's name, or the fields of the layer that is one.

    Raises:
        GraphError: naming the layer, if it is a custom object.
    """
    if isinstance(spec, str):
        if ">" in spec or "lambda" in spec.lower():
            raise _custom(fields, spec)
        return spec
    if not isinstance(spec, Mapping):
        raise fields.refused(f"has activation {str(spec)[:60]!r}, expected a name")
    module, kind = str(spec.get("module") or "keras"), spec.get("class_name")
    inside = spec.get("config")
    if module.split(".", maxsplit=1)[0] not in _KERAS or not isinstance(kind, str):
        raise _custom(fields, str(inside if isinstance(inside, str) else kind))
    if kind in _LAYERS and isinstance(inside, Mapping):
        return Fields(fields.name, kind, inside)
    if kind != "function" or not isinstance(inside, str):
        raise _custom(fields, str(kind))
    return _name(fields, inside)


def _custom(fields: Fields, name: str) -> Exception:
    return fields.refused(
        f"has the custom activation {name[:60]!r}; netparity runs no code from a file"
    )


def _of_layer(call: Call, value: Value, fields: Fields) -> Value:
    """An activation given as a layer, such as LeakyReLU(0.1)."""
    inner = Call(fields, call.name, call.owner, [value], call.build, call.era, taken=call.taken)
    made = ACTIVATION_LAYERS[fields.kind](inner)
    fields.refuse_rest()
    return made


def relu(call: Call) -> Value:
    """ReLU(max_value, negative_slope, threshold)."""
    fields = call.fields
    most = fields.get("max_value")
    slope = fields.number("negative_slope", default=0.0)
    if fields.number("threshold", default=0.0):
        raise fields.refused("has a threshold, which netparity does not compute")
    highest = None if most is None else fields.number("max_value", default=0.0)
    if highest is None:
        return call.node("leaky_relu", None, {"slope": slope}) if slope else call.node("relu")
    if not slope:
        return call.node("clipped_relu", None, {"minimum": 0.0, "maximum": highest})
    leaky = call.node("leaky_relu", None, {"slope": slope}, suffix="leaky")
    return call.node("clipped_relu", [leaky], {"minimum": None, "maximum": highest})


def leaky_relu(call: Call) -> Value:
    """LeakyReLU, whose slope is called `alpha` before Keras 3."""
    slope = call.fields.number("negative_slope", "alpha", default=0.3)
    return call.node("leaky_relu", None, {"slope": slope})


def elu(call: Call) -> Value:
    """ELU(alpha)."""
    return call.node("elu", None, {"alpha": call.fields.number("alpha", default=1.0)})


def softmax(call: Call) -> Value:
    """Softmax(axis)."""
    axes = call.fields.wholes("axis") or (-1,)
    if len(axes) != 1:
        raise call.fields.refused(f"has {len(axes)} axes, expected 1")
    axis = call.axis(axes[0]) - len(call.value.shape)
    return call.node("softmax", None, {"axis": axis})


def prelu(call: Call) -> Value:
    """PReLU; its slopes have 1 for each of the shared axes."""
    call.fields.get("shared_axes")
    stored = call.expect_arrays("slope")["slope"]
    value = call.value
    if len(stored.shape) != len(value.shape):
        raise call.fields.refused(
            f"has slopes {stored.shape} for an input of {len(value.shape)} axes"
        )
    order = value.order
    back = tuple(order.index(axis) for axis in range(len(order)))
    tensor = of_file(stored, lambda slopes: slopes.transpose(back))
    if len(tensor.shape) == 3 and tensor.shape[:2] == (1, 1):
        tensor = of_file(stored, lambda slopes: slopes.reshape(-1))
    return call.node("prelu", None, {}, {"slope": tensor})


ACTIVATION_LAYERS = {
    "Activation": activation,
    "ReLU": relu,
    "LeakyReLU": leaky_relu,
    "ELU": elu,
    "Softmax": softmax,
    "PReLU": prelu,
}
