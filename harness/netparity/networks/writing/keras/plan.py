"""The layers of a Keras model in the making."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import GraphError, Network, Node, Shape
from netparity.networks.ops import OPS
from netparity.networks.ops.base import attribute_of
from netparity.networks.writing.keras.names import names, unused

LAYERS = "keras.layers"
NUMPY, NN = "keras.src.ops.numpy", "keras.src.ops.nn"
"""Modules of operations that Keras itself writes into a functional model for `keras.ops`."""

Values = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Ref:
    """The output of a Keras layer: the layer's name and the shape of one image's output."""

    layer: str
    shape: Shape


@dataclass(frozen=True)
class Weight:
    """One array of a layer: its shape, and where its values come from when they are needed."""

    shape: Shape
    load: Callable[[], Values]


@dataclass(frozen=True)
class KerasLayer:
    """One layer, or one operation of `keras.ops`, as the configuration describes it.

    Attributes:
        arguments: what it is called with: outputs of layers, constants, or lists of them.
        weights: in Keras's order.
    """

    kind: str
    name: str
    config: dict[str, Any]
    arguments: tuple[Any, ...]
    weights: tuple[Weight, ...] = ()
    module: str = LAYERS


@dataclass
class Plan:
    """Collects the layers for one node after another."""

    network: Network
    tensors: Any
    layers: list[KerasLayer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = names(self.network)
        self._own = frozenset(self.names.values())
        self._taken = {name.lower() for name in self._own}
        self._outputs: dict[str, Ref] = {}

    def input_layer(self, name: str, shape: Shape) -> None:
        """An input of the network."""
        config = {"batch_shape": [None, *shape], "dtype": "float32"}
        self.layers.append(KerasLayer("InputLayer", self.names[name], config, ()))
        self._outputs[name] = Ref(self.names[name], shape)

    def finish(self, node: Node, output: Ref) -> None:
        """Make `output` the node's, under the node's name.

        The last layer that was added for the node gets the name if it has the output, and an
        identity is added if it is an operation, which a model cannot be asked for by name.
        """
        name, last = self.names[node.name], self.layers[-1]
        named = last.name == output.layer and last.module == LAYERS and last.arguments
        if named and last.name not in self._own:
            self._taken.discard(last.name.lower())
            config = {**last.config, "name": name}
            self.layers[-1] = replace(last, name=name, config=config)
        elif output.layer != name:
            self._append("Activation", {"activation": "linear"}, (output,), (), LAYERS, name)
        self._outputs[node.name] = Ref(name, self.network.shapes[node.name])

    def inputs(self, node: Node) -> list[Ref]:
        """What the node reads."""
        return [self._outputs[name] for name in node.inputs]

    def output(self, name: str) -> Ref:
        """The output of a node or an input."""
        return self._outputs[name]

    def layer(
        self,
        node: Node,
        kind: str,
        config: dict[str, Any],
        inputs: Sequence[Ref],
        shape: Sequence[int],
        weights: Sequence[Weight] = (),
    ) -> Ref:
        """Add a layer for a node; its name is the node's with the kind, until `finish`."""
        name = unused(f"{self.names[node.name]}_{_SUFFIXES.get(kind, kind.lower())}", self._taken)
        argument: Any = inputs[0] if len(inputs) == 1 else list(inputs)
        self._append(kind, config, (argument,), weights, LAYERS, name)
        return Ref(name, tuple(shape))

    def operation(
        self,
        node: Node,
        kind: str,
        config: dict[str, Any],
        arguments: Sequence[Any],
        shape: Sequence[int],
        module: str = NUMPY,
    ) -> Ref:
        """Add an operation of `keras.ops`."""
        name = unused(f"{self.names[node.name]}_{kind.lower()}", self._taken)
        self._append(kind, config, tuple(arguments), (), module, name)
        return Ref(name, tuple(shape))

    def _append(
        self,
        kind: str,
        config: dict[str, Any],
        arguments: tuple[Any, ...],
        weights: Sequence[Weight],
        module: str,
        name: str,
    ) -> None:
        layer = KerasLayer(kind, name, {"name": name, **config}, arguments, tuple(weights), module)
        self.layers.append(layer)

    def weight(
        self,
        node: Node,
        role: str,
        shape: Sequence[int] | None = None,
        change: Callable[[Values], Values] | None = None,
    ) -> Weight:
        """A tensor of a node, in another shape or changed if need be."""
        tensor = node.tensors[role]
        final = tuple(self.network.tensors[tensor] if shape is None else shape)

        def load() -> Values:
            values: Values = self.tensors[tensor]
            if change is not None:
                values = change(values)
            if values.size != int(np.prod(final)):
                raise GraphError(
                    f"node {node.name!r} ({node.op}): its {role} has {values.shape}, not {final}"
                )
            return values.reshape(final)

        return Weight(final, load)

    def shape_of(self, node: Node, role: str) -> Shape:
        """The shape of a node's tensor."""
        return self.network.tensors[node.tensors[role]]


_SUFFIXES = {
    "ZeroPadding2D": "pad",
    "Cropping2D": "crop",
    "MaxPooling2D": "pool",
    "AveragePooling2D": "pool",
}


def attribute(node: Node, name: str) -> Any:
    """An attribute of a node, or its operation's default."""
    return attribute_of(OPS[node.op], node, name)
