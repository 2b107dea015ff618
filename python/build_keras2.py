"""Building any network in Keras 2 on Theano, node by node.

A node becomes Keras's own layer where one computes exactly what the node says, and otherwise a
small layer of ours over Theano's operations. Import this after Theano has been configured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras  # type: ignore[import-not-found]
import numpy as np
import theano.tensor as tt  # type: ignore[import-not-found]

from keras2_layers import LAYERS
from network_file import NetworkError, NetworkFile, NetworkNode
from theano_shapes import SHAPES
from theano_step import Shape, Step
from theano_values import VALUES
from theano_windows import WINDOWS

OPERATIONS: dict[str, Callable[[Step], Any]] = {**WINDOWS, **VALUES, **SHAPES}


class Operation(keras.layers.Layer):  # type: ignore[misc]
    """A layer that computes one node with Theano's operations, in any data format."""

    def __init__(self, builder: Builder, node: NetworkNode) -> None:
        super().__init__(name=node.name)
        self.builder, self.node = builder, node

    def call(self, inputs: Any) -> Any:
        """Compute on N x H x W x C, whatever the data format is."""
        builder, node = self.builder, self.node
        given = inputs if isinstance(inputs, list) else [inputs]
        step = Step(
            node,
            [builder.to_last(x) for x in given],
            [builder.shapes[name] for name in node.inputs],
            builder.tensors_of(node),
        )
        values = builder.from_last(OPERATIONS[node.op](step))
        # Other layers do not expect axes of length 1 to broadcast.
        return tt.patternbroadcast(values, [False] * values.ndim)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Return the shape that network.json states."""
        return (None, *self.builder.stored(self.node.shape))


class Builder:
    """One network being built.

    shapes: of one image of every input and node; outputs: Keras's tensors by node.
    """

    def __init__(
        self, network: NetworkFile, tensors: Mapping[str, np.ndarray], data_format: str
    ) -> None:
        self.network, self.tensors, self.data_format = network, tensors, data_format
        self.shapes: dict[str, Shape] = {entry.name: entry.shape for entry in network.inputs}
        self.shapes.update((node.name, node.shape) for node in network.nodes)
        self.outputs: dict[str, Any] = {}

    def build(self) -> Any:
        """Return the whole network as Keras's model. Raises NetworkError naming the node."""
        if len(self.network.inputs) != 1:
            raise NetworkError(
                f"network {self.network.name!r} has {len(self.network.inputs)} inputs; only "
                "networks with one input can be run"
            )
        [entry] = self.network.inputs
        image = keras.layers.Input(shape=self.stored(entry.shape), name=entry.name)
        self.outputs[entry.name] = image
        for node in self.network.nodes:
            self.outputs[node.name] = self.add(node)
        read = {name for node in self.network.nodes for name in node.inputs}
        ends = [node.name for node in self.network.nodes if node.name not in read]
        return keras.models.Model(image, [self.outputs[name] for name in ends])

    def add(self, node: NetworkNode) -> Any:
        """Return a node's output. Raises NetworkError naming node and operation."""
        if node.op not in OPERATIONS:
            raise NetworkError(f"node {node.name!r} ({node.op}): Keras 2 on Theano lacks it")
        inputs = [self.outputs[name] for name in node.inputs]
        given = inputs if len(inputs) > 1 else inputs[0]
        try:
            layer = LAYERS[node.op](self, node, given) if node.op in LAYERS else None
            return Operation(self, node)(given) if layer is None else layer
        except Exception as error:  # Theano and Keras raise many types
            reason = f"{type(error).__name__}: {error}"
            raise NetworkError(
                f"node {node.name!r} ({node.op}) cannot be built in Keras 2 on Theano: {reason}"
            ) from error

    def tensors_of(self, node: NetworkNode) -> dict[str, np.ndarray]:
        """Return role to values. Raises NetworkError for one that is missing or misshapen."""
        found = {}
        for role, name in node.tensors.items():
            shape = self.network.tensors[name]
            if name not in self.tensors or self.tensors[name].shape != shape:
                has = self.tensors[name].shape if name in self.tensors else "nothing"
                raise NetworkError(
                    f"node {node.name!r} ({node.op}): the weights file has {has} for its {role} "
                    f"{name!r}, expected {shape}"
                )
            found[role] = self.tensors[name]
        return found

    def stored(self, shape: Shape) -> Shape:
        """Return the shape of one image in the data format."""
        if self.data_format == "channels_first" and len(shape) == 3:
            return (shape[2], *shape[:2])
        return shape

    def to_last(self, x: Any) -> Any:
        """Return a tensor of the data format as N x H x W x C."""
        is_first = self.data_format == "channels_first" and x.ndim == 4
        return x.dimshuffle(0, 2, 3, 1) if is_first else x

    def from_last(self, x: Any) -> Any:
        """The inverse of `to_last`."""
        is_first = self.data_format == "channels_first" and x.ndim == 4
        return x.dimshuffle(0, 3, 1, 2) if is_first else x
