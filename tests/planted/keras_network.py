"""A loaded Keras network called again, layer by layer, with mistakes between and inside layers.

The layers are the loaded ones, so that their weights are neither copied nor loaded again. Their
activation is taken out where something is to happen before it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import keras_backends
from keras_plan import Plan


def planted_outputs(stack: Any, network: Any, plan: Plan) -> dict[str, Any]:
    """Return what each layer exports, by name; all of them reach back to the network's input."""
    return _Walk(stack, network, plan).outputs()


class _Walk:
    def __init__(self, stack: Any, network: Any, plan: Plan) -> None:
        self.layers = stack.keras.layers
        self.linear = stack.keras.activations.linear
        self.plan = plan
        self.chain = network.layers[1:]
        self.x = network.inputs[0]
        self.channels_first = stack.data_format == "channels_first"
        self.operations = keras_backends.operations(stack)

    def outputs(self) -> dict[str, Any]:
        exported: dict[str, Any] = {}
        right: dict[str, Any] = {}  # what an exporter that is off by one takes
        for layer in self.chain:
            kind = type(layer).__name__
            if kind in ("Conv2D", "Dense"):
                exported[layer.name], right[layer.name] = self._weighted(layer)
            else:
                self.x = self._pool(layer) if kind == "MaxPooling2D" else self._flatten(layer)
                exported[layer.name] = right[layer.name] = self.x
        names = list(right)
        for name in names:
            if "off-by-one" in self.plan.at(name):
                # A tensor of its own: Keras 2 tells outputs by the layer they come from.
                behind = right[names[names.index(name) + 1]]
                exported[name] = self.layers.Activation("linear")(behind)
        return exported

    def _weighted(self, layer: Any) -> tuple[Any, Any]:
        """Move on behind a convolution or dense layer; return what it exports, and what is right"""
        mistakes = self.plan.at(layer.name)
        if self.plan.precision is not None:
            self.x = self.operations.rounded(self.x, self.plan.precision)
        activations = self._activations(layer, mistakes)
        layer.activation = self.linear
        padding = self._zeros_around if "padding-valid" in mistakes else lambda x: x
        if "padding-valid" in mistakes:
            layer.padding = "valid"
        before = after = layer(self.x)
        for name in activations:
            after = self.layers.Activation(name)(after)
        after = padding(after)
        exported = padding(before) if "before-relu" in mistakes else after
        self.x = after
        if "dropout" in mistakes:
            mask = np.load(self.plan.folder / f"mask-{layer.name}.npy")
            self.x = self.operations.masked(after, mask)
        return exported, after

    def _activations(self, layer: Any, mistakes: frozenset[str]) -> list[str]:
        right = layer.get_config()["activation"]
        if right == "relu":
            return [] if "relu-missing" in mistakes else ["relu"]
        added = ["relu"] if "relu-added" in mistakes else []
        return added if "softmax-missing" in mistakes else [*added, right]

    def _zeros_around(self, x: Any) -> Any:
        return self.layers.ZeroPadding2D(1)(x)

    def _pool(self, layer: Any) -> Any:
        mistakes = self.plan.at(layer.name)
        if "pool-average" in mistakes:
            return self.layers.AveragePooling2D((2, 2), strides=(2, 2))(self.x)
        if "pool-padding" in mistakes:
            # The first row and column twice: to a maximum the same as minus infinity.
            for axis in (2, 3) if self.channels_first else (1, 2):
                self.x = self.operations.first_twice(self.x, axis)
        return layer(self.x)

    def _flatten(self, layer: Any) -> Any:
        dense = next(layer for layer in self.chain if type(layer).__name__ == "Dense")
        for mistake in self.plan.at(dense.name):
            if mistake.startswith("flatten-"):
                axes = "chw" if self.channels_first else "hwc"
                order = mistake.removeprefix("flatten-")
                x = self.layers.Permute([axes.index(axis) + 1 for axis in order])(self.x)
                # Its rows stand in the order of the axes as they are now: no Flatten, which
                # Keras 2 lets turn channels_first around.
                return self.layers.Reshape((-1,))(x)
        return layer(self.x)
