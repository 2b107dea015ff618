"""Nodes as Keras 2's own layers, where one computes exactly what the node says.

Each function returns the layer's output, or None if no layer of Keras fits.
"""

from __future__ import annotations

from typing import Any

import keras  # type: ignore[import-not-found]

from keras2_weights import Adder, Builder, batch_norm, conv, dense, prelu
from network_file import NetworkNode


def pool(kind: str) -> Adder:
    """MaxPooling2D or AveragePooling2D, without padding."""

    def add(builder: Builder, node: NetworkNode, x: Any) -> Any:
        if any(node["pads"]) or tuple(node["dilations"]) != (1, 1) or node["ceil"]:
            return None
        layer = getattr(keras.layers, kind)(
            tuple(node["window"]),
            strides=tuple(node["strides"]),
            data_format=builder.data_format,
            name=node.name,
        )
        return layer(x)

    return add


def global_pool(kind: str) -> Adder:
    """GlobalAveragePooling2D or GlobalMaxPooling2D, of an image to a vector."""

    def add(builder: Builder, node: NetworkNode, x: Any) -> Any:
        if node["keep_dims"] or len(builder.shapes[node.inputs[0]]) != 3:
            return None
        return getattr(keras.layers, kind)(data_format=builder.data_format, name=node.name)(x)

    return add


def activation(name: str) -> Adder:
    """Activation by its name in Keras."""
    return lambda builder, node, x: keras.layers.Activation(name, name=node.name)(x)


def leaky_relu(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """LeakyReLU."""
    return keras.layers.LeakyReLU(node["slope"], name=node.name)(x)


def clipped_relu(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """ReLU with a maximum; Keras before 2.2 has none."""
    if node["minimum"] != 0 or node["maximum"] is None or not hasattr(keras.layers, "ReLU"):
        return None
    return keras.layers.ReLU(node["maximum"], name=node.name)(x)


def hard_sigmoid(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Activation, whose slope is 0.2."""
    if (node["slope"], node["offset"]) != (0.2, 0.5):
        return None
    return activation("hard_sigmoid")(builder, node, x)


def elu(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """ELU."""
    return keras.layers.ELU(node["alpha"], name=node.name)(x)


def dropout(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Dropout, which does nothing at prediction."""
    return keras.layers.Dropout(node["rate"], name=node.name)(x)


def softmax(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Activation, for a vector."""
    if len(builder.shapes[node.inputs[0]]) != 1:
        return None
    return activation("softmax")(builder, node, x)


def merged(kind: str) -> Adder:
    """Add or Multiply, for inputs of one shape."""

    def add(builder: Builder, node: NetworkNode, inputs: Any) -> Any:
        if len({builder.shapes[name] for name in node.inputs}) > 1:
            return None
        return getattr(keras.layers, kind)(name=node.name)(inputs)

    return add


def concat(builder: Builder, node: NetworkNode, inputs: Any) -> Any:
    """Concatenate, of two or more inputs."""
    if not isinstance(inputs, list):
        return None
    rank = len(builder.shapes[node.inputs[0]])
    axis = 1 + node["axis"] % rank
    if builder.data_format == "channels_first" and rank == 3:
        axis = {1: 2, 2: 3, 3: 1}[axis]
    return keras.layers.Concatenate(axis=axis, name=node.name)(inputs)


def flatten(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Flatten, with channels last; with channels first its order depends on Keras's version."""
    rank = len(builder.shapes[node.inputs[0]])
    in_order = [axis % rank for axis in node["order"]] == list(range(rank))
    if rank < 2 or not in_order or builder.data_format == "channels_first":
        return None
    return keras.layers.Flatten(name=node.name)(x)


def pad(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """ZeroPadding2D, for the rows and columns of an image."""
    if len(node["pads"]) != 3 or any(node["pads"][2]):
        return None
    if node["mode"] != "constant" or node["value"] != 0:
        return None
    sides = tuple(map(tuple, node["pads"][:2]))
    return keras.layers.ZeroPadding2D(sides, data_format=builder.data_format, name=node.name)(x)


def crop(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Cropping2D, for the rows and columns of an image."""
    if len(node["crops"]) != 3 or any(node["crops"][2]):
        return None
    sides = tuple(map(tuple, node["crops"][:2]))
    return keras.layers.Cropping2D(sides, data_format=builder.data_format, name=node.name)(x)


LAYERS: dict[str, Adder] = {
    "conv": conv,
    "dense": dense,
    "max_pool": pool("MaxPooling2D"),
    "average_pool": pool("AveragePooling2D"),
    "global_average": global_pool("GlobalAveragePooling2D"),
    "global_max": global_pool("GlobalMaxPooling2D"),
    "batch_norm": batch_norm,
    "relu": activation("relu"),
    "leaky_relu": leaky_relu,
    "clipped_relu": clipped_relu,
    "prelu": prelu,
    "elu": elu,
    "hard_sigmoid": hard_sigmoid,
    "sigmoid": activation("sigmoid"),
    "tanh": activation("tanh"),
    "softmax": softmax,
    "add": merged("Add"),
    "multiply": merged("Multiply"),
    "concat": concat,
    "dropout": dropout,
    "identity": activation("linear"),
    "flatten": flatten,
    "pad": pad,
    "crop": crop,
}
"""By the key that nodes use."""
