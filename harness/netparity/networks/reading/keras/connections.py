"""Who calls whom in a functional model: calls in order, and values in place of references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netparity.networks.checking import in_order
from netparity.networks.node import GraphError, Node
from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.config import Layer, Model, Reference, flat, states_input

_SHOWN = 80


def ordered(model: Model, layers: Mapping[str, Layer]) -> Iterator[tuple[Layer, int]]:
    """The calls of a functional model, each after those whose results it is given."""
    nodes, found = [], {}
    for layer in model.layers:
        for number, (arguments, keywords) in enumerate(layer.calls):
            name = f"{layer.name}, call {number + 1}" if number else layer.name
            inputs = tuple(
                f"{made[0]}, call {made[1] + 1}" if made[1] else made[0]
                for reference in flat([arguments, keywords])
                for made in [made_by(reference, layers)]
            )
            nodes.append(Node(name, layer.kind, inputs))
            found[name] = (layer, number)
    for node in in_order(nodes):
        yield found[node.name]


def made_by(reference: Reference, layers: Mapping[str, Layer]) -> tuple[str, int]:
    """The call that a reference means.

    Before Keras 3, a nested model counts the call that made it as the first.
    """
    layer = layers.get(reference.layer)
    if layer is None:
        raise GraphError(f"the layer {reference.layer[:_SHOWN]!r} is read, but it is missing")
    calls, number = len(layer.calls), reference.call
    if layer.kind == "InputLayer":
        return layer.name, 0
    if layer.model is not None and layer.older and number >= 1 and states_input(layer.model):
        number -= 1
    if not 0 <= number < calls:
        raise GraphError(
            f"call {number + 1} of layer {layer.name[:_SHOWN]!r} is read, but it has {calls}"
        )
    return layer.name, number


def filled(
    tree: Any, layers: Mapping[str, Layer], values: Mapping[tuple[str, int], list[Value]]
) -> Any:
    """The same arguments with values in place of references."""
    if isinstance(tree, Reference):
        made = made_by(tree, layers)
        results = values.get(made)
        if results is None or not 0 <= tree.output < len(results):
            raise GraphError(
                f"output {tree.output + 1} of layer {tree.layer[:_SHOWN]!r} is missing"
            )
        return results[tree.output]
    if isinstance(tree, list):
        return [filled(item, layers, values) for item in tree]
    if isinstance(tree, tuple):
        return tuple(filled(item, layers, values) for item in tree)
    if isinstance(tree, dict):
        return {key: filled(item, layers, values) for key, item in tree.items()}
    return tree


def values_in(tree: Any) -> Iterator[Value]:
    """Every value in the arguments of a call."""
    if isinstance(tree, Value):
        yield tree
    elif isinstance(tree, list):
        for item in tree:
            yield from values_in(item)
