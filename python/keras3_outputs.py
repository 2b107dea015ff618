"""Outputs of every layer of a Keras 3 model by name, those inside nested models too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any


def outputs_by_name(keras: Any, model: Any) -> dict[str, Any]:
    """Return every layer's output by name, in an order of computation; inputs are left out.

    A layer in a nested model keeps its name if no other layer has it, and is `nested/layer`
    otherwise. The second call of a shared layer is `layer_2`. A nested model's name means its
    output. Functions of `keras.ops`, such as that of `x + y`, count as layers. These are the names
    that netparity's reader gives.
    """
    layers = [layer for layer in graph_of(model).operations if not is_input(keras, layer)]
    nested = any(isinstance(layer, keras.Model) for layer in layers)
    if not nested and all(len(layer._inbound_nodes) == 1 for layer in layers):
        return {layer.name: layer.output for layer in layers}
    walk = _Walk(keras, model)
    walk.through(graph_of(model), list(model.inputs), ())
    for name, output in walk.aliases.items():
        walk.found.setdefault(name, output)
    return walk.found


def graph_of(model: Any) -> Any:
    """Return the functional graph of a model; a Sequential has it inside."""
    return getattr(model, "_functional", None) or model


def is_input(keras: Any, layer: Any) -> bool:
    """Whether a layer only stands for a model's input."""
    return isinstance(layer, keras.layers.InputLayer)


def every_operation(keras: Any, model: Any) -> Iterator[Any]:
    """Every layer and operation that computes, those of nested models in place of the models."""
    for operation in graph_of(model).operations:
        if isinstance(operation, keras.Model):
            yield from every_operation(keras, operation)
        elif not is_input(keras, operation):
            yield operation


class _Walk:
    """Calls every layer once more, on the outer model's tensors, and records the outputs."""

    def __init__(self, keras: Any, model: Any) -> None:
        operations = {id(each): each for each in every_operation(keras, model)}
        self.keras = keras
        self.names = {number: each.name for number, each in operations.items()}
        self.counts = Counter(self.names.values())
        self.calls: Counter[tuple[str, ...]] = Counter()
        self.found: dict[str, Any] = {}
        self.aliases: dict[str, Any] = {}
        # Keras refuses a model in which a name occurs twice.
        for place, operation in enumerate(operations.values()):
            if self.counts[operation.name] > 1:
                operation.name = f"{operation.name}_of_{place}"

    def through(self, graph: Any, inputs: list[Any], path: tuple[str, ...]) -> Any:
        """Return a graph's outputs for these inputs, as `keras.Function.call` computes them."""
        flatten = self.keras.tree.flatten
        tensors = {id(x): y for x, y in zip(graph.inputs, inputs, strict=True)}
        for node in _in_order(graph):
            layer = node.operation
            arguments, options = node.arguments.fill_in(tensors)
            if isinstance(layer, self.keras.Model):
                inner = graph_of(layer)
                output = self.through(inner, flatten(arguments), (*path, layer.name))
                self.aliases.setdefault(layer.name, output)
            else:
                output = layer(*arguments, **options)
                self.found[self.name(self.names[id(layer)], path)] = output
            tensors.update((id(x), y) for x, y in zip(node.outputs, flatten(output), strict=True))
        outputs = [tensors[id(x)] for x in graph.outputs]
        return outputs[0] if len(outputs) == 1 else outputs

    def name(self, layer: str, path: tuple[str, ...]) -> str:
        """Return the name of this call of a layer."""
        whole = (*path, layer)
        name = layer if self.counts[layer] == 1 or not path else "/".join(whole)
        self.calls[whole] += 1
        count = self.calls[whole]
        fresh = f"{name}_{count}" if count > 1 else name
        while fresh in self.found or (count > 1 and fresh in self.counts):
            count += 1
            fresh = f"{name}_{count}"
        return fresh


def _in_order(graph: Any) -> Iterator[Any]:
    """The calls in a graph, each after those whose results it is given; inputs are left out."""
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        nodes = [node for node in graph._nodes_by_depth[depth] if not node.is_input]
        yield from sorted(nodes, key=lambda node: node.operation._inbound_nodes.index(node))
