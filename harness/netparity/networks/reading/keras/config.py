"""A model's configuration as layers and their calls, whichever Keras wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from netparity.networks.checking import MOST_NODES
from netparity.networks.graph import GraphError
from netparity.networks.reading.keras.words import shown

_SHOWN = 80
_MODELS = {"Model", "Functional", "Sequential"}
_KERAS = {"keras", "tf_keras", "tensorflow", "builtins"}
_DEEPEST = 16


@dataclass(frozen=True)
class Reference:
    """One output of a call of a layer."""

    layer: str
    call: int
    output: int


@dataclass(frozen=True)
class Layer:
    """One layer of a model.

    Attributes:
        kind: its class.
        config: the class's own fields.
        calls: what each call of it is given: references and constants, nested in lists.
        model: its own layers, if it is a model.
        operation: whether it is a function of `keras.ops`, which has no weights.
        older: whether its calls are described as before Keras 3.
    """

    name: str
    kind: str
    config: Mapping[str, Any]
    calls: tuple[tuple[Any, Mapping[str, Any]], ...] = ()
    model: Model | None = None
    operation: bool = False
    older: bool = False


@dataclass(frozen=True)
class Model:
    """The layers of a functional or sequential model.

    Attributes:
        sequential: whether each layer reads the one before.
        inputs: its input layers, for a functional model.
        outputs: for a functional model.
        shape: of a batch, if a sequential model says it.
    """

    name: str
    layers: tuple[Layer, ...]
    sequential: bool
    inputs: tuple[Reference, ...] = ()
    outputs: tuple[Reference, ...] = ()
    shape: Any = None
    nested: Mapping[str, Layer] = field(default_factory=dict)


def model_of(document: Any, depth: int = 0) -> Model:
    """The model that a configuration describes.

    Raises:
        GraphError: naming the model's class or the layer, if it is of another kind.
    """
    kind, config = _kind(document), document.get("config")
    if kind not in _MODELS:
        raise GraphError(
            f"the model is of class {kind[:_SHOWN]!r}, which netparity cannot read; it reads "
            "functional and sequential models; fix: export it to ONNX"
        )
    if depth > _DEEPEST:
        raise GraphError(f"models are nested more than {_DEEPEST} deep")
    if isinstance(config, list):  # sequential models of Keras 1 and of Keras 2 before 2.2.3
        config = {"layers": config}
    listed = config.get("layers") if isinstance(config, Mapping) else None
    if not isinstance(listed, list):
        raise GraphError(f"the model of class {kind} does not list its layers")
    if len(listed) > MOST_NODES:
        raise GraphError(f"the model has {len(listed)} layers; the limit is {MOST_NODES}")
    sequential = kind == "Sequential"
    layers = tuple(_layer(entry, depth, not sequential) for entry in listed)
    name = str(config.get("name") or document.get("name") or kind.lower())
    if sequential:
        shape = config.get("build_input_shape") or config.get("batch_input_shape")
        built = document.get("build_config")
        if shape is None and isinstance(built, Mapping):
            shape = built.get("input_shape")
        return Model(name, layers, True, shape=shape)
    return Model(
        name,
        layers,
        False,
        tuple(_references(config.get("input_layers"))),
        tuple(_references(config.get("output_layers"))),
    )


def _kind(document: Any) -> str:
    if not isinstance(document, Mapping) or not isinstance(document.get("class_name"), str):
        raise GraphError("the configuration has an entry without class_name")
    return str(document["class_name"])


def _layer(entry: Any, depth: int, connected: bool) -> Layer:
    kind, config = _kind(entry), entry.get("config")
    own = config.get("name") if isinstance(config, Mapping) else None
    name = str(entry.get("name") or own or kind.lower())
    module, registered = entry.get("module"), entry.get("registered_name")
    if kind == "Lambda":
        raise GraphError(
            f"layer {name[:_SHOWN]!r} (Lambda) holds code; netparity runs no code from a file; "
            "fix: write it as a layer of Keras (Rescaling for x / 255, Normalization for a mean "
            "and a deviation), or export the model to ONNX"
        )
    foreign = module is not None and str(module).split(".")[0] not in _KERAS
    if foreign or ">" in f"{registered or ''}{kind}":
        raise GraphError(
            f"layer {name[:_SHOWN]!r} is of the custom class {str(registered or kind)[:_SHOWN]!r}; "
            "netparity runs no code from a file; fix: build the model of Keras's own layers, or "
            "export it to ONNX"
        )
    calls = tuple(_calls(entry.get("inbound_nodes"), name)) if connected else ()
    operation = str(module or "").startswith(("keras.src.ops", "keras.ops"))
    if kind in _MODELS and not operation:
        nodes = entry.get("inbound_nodes") or ()
        older = any(isinstance(node, list) for node in nodes)
        inside = model_of({"name": name, **entry}, depth + 1)
        return Layer(name, kind, {}, calls, inside, older=older)
    if not isinstance(config, Mapping):
        raise GraphError(f"layer {name[:_SHOWN]!r} ({shown(kind)}) has no configuration")
    return Layer(name, kind, config, calls, None, operation)


def _calls(listed: Any, name: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    if listed is None:
        return
    if not isinstance(listed, list):
        raise GraphError(f"layer {name[:_SHOWN]!r} has inbound_nodes that are not a list")
    for entry in listed:
        if isinstance(entry, Mapping):  # Keras 3
            keywords = entry.get("kwargs")
            keywords = keywords if isinstance(keywords, Mapping) else {}
            arguments = entry.get("args") or []
            if not isinstance(arguments, list):
                raise GraphError(f"layer {name[:_SHOWN]!r} is called with args that are not a list")
            yield (
                _argument(arguments, name),
                {str(key): _argument(value, name) for key, value in keywords.items()},
            )
            continue
        if not isinstance(entry, list):
            raise GraphError(f"layer {name[:_SHOWN]!r} has an inbound node that is not a list")
        tensors = [entry] if entry and isinstance(entry[0], str) else entry
        given: dict[str, Any] = {}
        for item in tensors:
            if isinstance(item, list) and len(item) > 3 and isinstance(item[3], Mapping):
                given |= {str(key): _keyword(value) for key, value in item[3].items()}
        yield list(_references(tensors)), given


def _keyword(value: Any) -> Any:
    """A reference in the arguments that TensorFlow's functions are called with by name."""
    whole = isinstance(value, list) and len(value) == 3 and all(type(n) is int for n in value[1:])
    return Reference(*value) if whole and isinstance(value[0], str) else value


def _argument(value: Any, name: str, depth: int = 0) -> Any:
    """References in place of Keras 3's descriptions of tensors; constants as they are."""
    if depth > _DEEPEST:
        raise GraphError(f"layer {name[:_SHOWN]!r} is called with lists that are nested too deeply")
    if isinstance(value, list):
        return [_argument(item, name, depth + 1) for item in value]
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind == "__keras_tensor__" and isinstance(config, Mapping):
        found = list(_references(config.get("keras_history")))
        if len(found) == 1:
            return found[0]
    if kind in ("__ellipsis__", "__slice__"):
        return dict(value)
    if kind in ("__tensor__", "__numpy__") and isinstance(config, Mapping):
        return config.get("value")
    if kind is None:
        # Keras flattens a dictionary in the order of its keys.
        return [_argument(value[key], name, depth + 1) for key in sorted(map(str, value))]
    raise GraphError(
        f"layer {name[:_SHOWN]!r} is called with {str(kind)[:_SHOWN]!r}, which netparity does not "
        "know"
    )


def _references(listed: Any, depth: int = 0) -> Iterator[Reference]:
    """References in lists of [layer, call, output], nested in any way."""
    if listed is None:
        return
    if depth > _DEEPEST:
        raise GraphError("the configuration names its inputs in lists that are nested too deeply")
    if isinstance(listed, Mapping):
        for key in sorted(map(str, listed)):
            yield from _references(listed.get(key), depth + 1)
        return
    if not isinstance(listed, list):
        raise GraphError(f"the configuration names {str(listed)[:_SHOWN]!r} as an input or output")
    whole = len(listed) >= 3 and all(type(number) is int for number in listed[1:3])
    if whole and isinstance(listed[0], str):
        yield Reference(listed[0], listed[1], listed[2])
        return
    for item in listed:
        yield from _references(item, depth + 1)


def states_input(model: Model) -> bool:
    """Whether a model was made with an input, so that a call of it exists from the beginning."""
    first = model.layers[0] if model.layers else None
    if first is None or not model.sequential or first.kind == "InputLayer":
        return True
    if first.model is not None:
        return states_input(first.model)
    return "batch_input_shape" in first.config


def flat(values: Any) -> Iterator[Reference]:
    """Every reference in the arguments of a call."""
    if isinstance(values, Reference):
        yield values
    elif isinstance(values, list):
        for item in values:
            yield from flat(item)
    elif isinstance(values, Mapping):
        for item in values.values():
            yield from flat(item)


def every_layer(model: Model) -> Iterator[Layer]:
    """The model's layers and those of nested models."""
    for layer in model.layers:
        yield layer
        if layer.model is not None:
            yield from every_layer(layer.model)
