"""From layers and calls to nodes: nested models are opened, shared layers are called again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from netparity.networks.checking import MOST_NODES
from netparity.networks.node import GraphError, Input, Shape, refuse_size
from netparity.networks.reading.keras.activations import ACTIVATION_LAYERS
from netparity.networks.reading.keras.augmenting import AUGMENTING_LAYERS
from netparity.networks.reading.keras.building import Builder, Value
from netparity.networks.reading.keras.call import CHANNELS_FIRST, Call, Era
from netparity.networks.reading.keras.config import (
    Layer,
    Model,
    Reference,
    every_layer,
)
from netparity.networks.reading.keras.connections import filled, ordered, values_in
from netparity.networks.reading.keras.fields import Fields
from netparity.networks.reading.keras.layers import LAYERS
from netparity.networks.reading.keras.operators import OPERATORS
from netparity.networks.reading.keras.unknown import unknown
from netparity.networks.reading.keras.weights import Weights, snake_case
from netparity.networks.reading.keras.words import shown

_SHOWN = 80
_MOST_WORK = 2 * MOST_NODES


class Walk:
    """Translates a model, call by call.

    Attributes:
        inputs: of the network.
        aliases: nested models' names, for what they return.
        resized: whether the file states another size of an input.
    """

    def __init__(
        self,
        model: Model,
        era: Era,
        build: Builder,
        input_size: tuple[int, int] | None,
        inner: frozenset[str] = frozenset(),
    ) -> None:
        self.era, self.build, self._input_size, self._inner = era, build, input_size, inner
        self.inputs: list[Input] = []
        self.aliases: dict[str, str] = {}
        self.resized = False
        layers = list(every_layer(model))
        self._names = Counter(layer.name for layer in layers if layer.model is None)
        self._names.update(layer.name for layer in model.layers if layer.kind == "InputLayer")
        self._channels_first = any(
            layer.config.get("data_format", layer.config.get("dim_ordering"))
            in ("channels_first", "th")
            for layer in layers
        )
        self._work = 0
        self._kinds = {layer.name: layer.kind for layer in model.layers}
        self._taken = {layer.name for layer in layers}
        self._used: set[str] = set()
        self._calls: Counter[tuple[str, ...]] = Counter()

    def outermost(self, model: Model, weights: Weights) -> list[Value]:
        """The whole model, with inputs of its own."""
        return self._model(model, weights, (), None)

    def _model(
        self,
        model: Model,
        weights: Weights,
        path: tuple[str, ...],
        given: Sequence[Value] | None,
    ) -> list[Value]:
        if model.sequential:
            return self._sequential(model, weights, path, given)
        return self._functional(model, weights, path, given)

    def _sequential(
        self,
        model: Model,
        weights: Weights,
        path: tuple[str, ...],
        given: Sequence[Value] | None,
    ) -> list[Value]:
        layers = model.layers
        if given is None:
            given = [self._sequential_input(model, weights)]
        values = list(given)
        keys = _keys([layer for layer in layers if layer.kind != "InputLayer"])
        for layer in layers:
            if layer.kind == "InputLayer":
                if layer is not layers[0]:
                    raise GraphError(f"layer {layer.name[:_SHOWN]!r} is an input in the middle")
                continue
            values = self._call(layer, keys[layer.name], weights, path, list(values), {})
        return values

    def _sequential_input(self, model: Model, weights: Weights) -> Value:
        """The input of a sequential model, which its first layer may state.

        Keras 2 does not write it if the layers were copied from a functional model.
        """
        if not model.layers:
            raise GraphError("the model has no layers")
        first, shape, name = model.layers[0], model.shape, ""
        while True:
            for key in ("batch_shape", "batch_input_shape"):
                shape = shape or first.config.get(key)
            if first.kind == "InputLayer":
                name = name or first.name
                shape = _stated(first) or shape
            inside = first.model
            if inside is None or not inside.layers:
                break
            shape = shape or inside.shape
            first = inside.layers[0]
        if shape is None and first is model.layers[0]:
            arrays = weights.of_layer(first.name, snake_case(first.kind))
            if arrays and len(arrays[0].shape) == 4:
                channels = arrays[0].shape[2]
                shape = [None, None, None, None]
                shape[1 if self._channels_first else 3] = channels
        name = name if model.layers[0].kind == "InputLayer" else f"{model.layers[0].name}_input"
        return self._input(name, shape)

    def _functional(
        self,
        model: Model,
        weights: Weights,
        path: tuple[str, ...],
        given: Sequence[Value] | None,
    ) -> list[Value]:
        layers = {layer.name: layer for layer in model.layers}
        if len(layers) < len(model.layers):
            name, _ = Counter(layer.name for layer in model.layers).most_common(1)[0]
            raise GraphError(f"two layers are called {name[:_SHOWN]!r}")
        values: dict[tuple[str, int], list[Value]] = {}
        for place, reference in enumerate(model.inputs):
            if (layer := layers.get(reference.layer)) is None or layer.kind != "InputLayer":
                raise GraphError(f"the input {reference.layer[:_SHOWN]!r} is not an input layer")
            if given is None:
                value = self._input(layer.name, _stated(layer))
            elif place < len(given):
                value = given[place]
            else:
                raise GraphError(
                    f"the nested model {model.name[:_SHOWN]!r} is called with {len(given)} inputs, "
                    f"expected {len(model.inputs)}"
                )
            values[layer.name, 0] = [value]
        keys = _keys([layer for layer in model.layers if not layer.operation])
        for layer, number in ordered(model, layers):
            arguments, keywords = layer.calls[number]
            found = filled((arguments, dict(keywords)), layers, values)
            results = self._call(layer, keys.get(layer.name, ""), weights, path, found[0], found[1])
            values[layer.name, number] = results
        if not model.outputs:
            raise GraphError(f"the model {model.name[:_SHOWN]!r} does not name its outputs")
        return [filled(_kept(reference, layers), layers, values) for reference in model.outputs]

    def _call(
        self,
        layer: Layer,
        key: str,
        weights: Weights,
        path: tuple[str, ...],
        arguments: list[Any],
        keywords: Mapping[str, Any],
    ) -> list[Value]:
        """Every output of one call of a layer or of a nested model."""
        # Keras 3 writes training=True of every augmentation, and predicts without it all the same.
        by_default = layer.kind in AUGMENTING_LAYERS and self.era.version >= 3
        differs = layer.model is not None or _differs(layer.kind)
        if keywords.get("training") is True and differs and not by_default:
            raise GraphError(
                f"layer {layer.name[:_SHOWN]!r} ({shown(layer.kind)}) is called with "
                "training=True, so it is not the same at every prediction"
            )
        self._work += 1 + (len(layer.model.layers) if layer.model is not None else 0)
        if self._work > _MOST_WORK:
            raise GraphError(
                f"nested models are called so often that there are over {_MOST_WORK:,} layers"
            )
        inputs = list(values_in([arguments, list(keywords.values())]))
        if layer.model is not None:
            inside = weights.of_model(layer.name, key)
            results = self._model(layer.model, inside, (*path, layer.name), inputs)
            if len(results) == 1:
                self.aliases.setdefault(layer.name, results[0].name)
            return results
        known = OPERATORS if layer.operation else LAYERS
        if (translate := known.get(layer.kind)) is None:
            raise unknown(layer)
        name, owner = self._name(layer, path)
        call = Call(
            Fields(layer.name, layer.kind, layer.config),
            name,
            owner,
            inputs,
            self.build,
            self.era,
            weights.of_layer(layer.name, key),
            arguments,
            keywords,
            self._taken,
        )
        result = translate(call)
        call.fields.refuse_rest()
        if call.fields.precision not in ("", "float32"):
            self.build.note(f"layers compute in {call.fields.precision} in Keras")
        return [result]

    def _name(self, layer: Layer, path: tuple[str, ...]) -> tuple[str, str]:
        """The node's name for this call of a layer, and the name under which its tensors are.

        `python/keras3_outputs.py` gives the outputs of Keras's own layers the same names.
        """
        whole = (*path, layer.name)
        owner = layer.name if self._names[layer.name] == 1 or not path else "/".join(whole)
        self._calls[whole] += 1
        name, count = owner, self._calls[whole]
        while count > 1:
            name = f"{owner}_{count}"
            if name not in self._used and name not in self._names:
                break
            count += 1
        if name in self._used:
            raise GraphError(f"two layers are called {name[:_SHOWN]!r}")
        self._used.add(name)
        self._taken.add(name)
        last = owner.removesuffix("_linear")
        if owner in self._inner and self._kinds.get(last) in ACTIVATION_LAYERS:
            owner = last  # the sum before an activation, as netparity wrote it
        return name, owner

    def _input(self, name: str, batch_shape: Any) -> Value:
        """An input of the network, in the graph's order of axes."""
        if not isinstance(batch_shape, list) or len(batch_shape) < 2:
            raise GraphError(
                f"input {name[:_SHOWN]!r} does not state its shape; was the model built?"
            )
        sizes = list(batch_shape[1:])
        if len(sizes) == 3:
            places = (1, 2) if self._channels_first else (0, 1)
            for place, given in zip(places, self._input_size or (None, None), strict=True):
                # A stated size gives way too: padding="same" depends on it.
                self.resized |= given is not None and sizes[place] not in (None, given)
                sizes[place] = given or sizes[place]
        if not all(type(size) is int for size in sizes):
            stated = " x ".join(shown(size)[:20] for size in sizes[:6])
            raise GraphError(
                f"input {name[:_SHOWN]!r} has no fixed size ({stated}); fix: give --input-size H,W"
            )
        order = tuple(range(len(sizes)))
        if len(sizes) == 3 and self._channels_first:
            order = CHANNELS_FIRST
        shape: Shape = tuple(sizes[order.index(axis)] for axis in range(len(sizes)))
        refuse_size(f"input {name[:_SHOWN]!r}", shape)
        self.inputs.append(Input(name, shape))
        return Value(name, shape, order)


def _kept(reference: Reference, layers: Mapping[str, Layer]) -> Reference:
    """An output of a model; Keras 3 counts a functional model in it from 1, but only there."""
    layer = layers.get(reference.layer)
    counted = layer is not None and layer.model is not None and not layer.model.sequential
    if layer is None or not counted or layer.older or reference.call < 1:
        return reference
    return replace(reference, call=reference.call - 1)


def _differs(kind: str) -> bool:
    """Whether a layer does something else in training."""
    words = ("Dropout", "Noise", "BatchNormalization")
    return kind in AUGMENTING_LAYERS or any(word in kind for word in words)


def _stated(layer: Layer) -> Any:
    config = layer.config
    return config.get("batch_shape") or config.get("batch_input_shape")


def _keys(layers: Sequence[Layer]) -> dict[str, str]:
    """Layer to its group in Keras 3's files: the class in snake case, numbered from the second."""
    counts: Counter[str] = Counter()
    keys = {}
    for layer in layers:
        kind = snake_case(layer.kind)
        keys[layer.name] = f"{kind}_{counts[kind]}" if counts[kind] else kind
        counts[kind] += 1
    return keys
