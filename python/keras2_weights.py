"""Nodes with weights as Keras 2's own layers, where one computes exactly what the node says.

Each function returns the layer's output, or None if no layer of Keras fits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import keras  # type: ignore[import-not-found]
import numpy as np

from network_file import NetworkNode


class Builder(Protocol):
    """What a layer needs to know of the network being built: `build_keras2.Builder`."""

    data_format: str
    shapes: dict[str, tuple[int, ...]]

    def stored(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of one image in the data format."""

    def tensors_of(self, node: NetworkNode) -> dict[str, np.ndarray]:
        """Return role to values."""


Adder = Callable[[Builder, NetworkNode, Any], Any]

LEAST_EPSILON = 1e-5
"""Theano's batch normalisation takes no smaller one, and none that is smaller in float32."""


def conv(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Conv2D; Theano rotates every kernel by 180 degrees, so it is given a rotated one."""
    if node["groups"] != 1:
        return None
    tensors = builder.tensors_of(node)
    kernel = tensors["kernel"]
    padding = "same" if is_same(node, kernel.shape[:2]) else "valid"
    if padding == "valid" and any(node["pads"]):
        top, bottom, left, right = node["pads"]
        x = keras.layers.ZeroPadding2D(
            ((top, bottom), (left, right)),
            data_format=builder.data_format,
            name=f"{node.name} (padding)",
        )(x)
    layer = keras.layers.Conv2D(
        kernel.shape[3],
        kernel.shape[:2],
        strides=tuple(node["strides"]),
        padding=padding,
        dilation_rate=tuple(node["dilations"]),
        data_format=builder.data_format,
        use_bias="bias" in tensors,
        kernel_initializer=given(kernel[::-1, ::-1]),
        bias_initializer=given(tensors.get("bias")),
        name=node.name,
    )
    return layer(x)


def given(values: np.ndarray | None) -> Callable[..., Any]:
    """Return an initializer of Keras with these values.

    Any initializer of Keras's own makes Theano compile a function for every tensor.
    """
    return lambda shape, dtype=None: np.ascontiguousarray(values).reshape(shape)


def is_same(node: NetworkNode, window: tuple[int, ...]) -> bool:
    """Whether Theano's padding called `same` is the node's, at any stride.

    Theano pads each side by half the dilated kernel.
    """
    reach = [d * (k - 1) + 1 for k, d in zip(window, node["dilations"], strict=True)]
    half = [size // 2 for size in reach]
    is_odd = all(size % 2 for size in (*reach, *window))
    return is_odd and any(half) and list(node["pads"]) == [half[0], half[0], half[1], half[1]]


def dense(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """Dense, for a vector."""
    tensors = builder.tensors_of(node)
    kernel = tensors["kernel"]
    if len(builder.shapes[node.inputs[0]]) != 1:
        return None
    layer = keras.layers.Dense(
        kernel.shape[-1],
        use_bias="bias" in tensors,
        kernel_initializer=given(kernel),
        bias_initializer=given(tensors.get("bias")),
        name=node.name,
    )
    return layer(x)


def batch_norm(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """BatchNormalization over the channels."""
    if float(np.float32(node["epsilon"])) < LEAST_EPSILON:
        return None
    tensors = builder.tensors_of(node)
    shape = builder.shapes[node.inputs[0]]
    is_first = builder.data_format == "channels_first" and len(shape) == 3
    layer = keras.layers.BatchNormalization(
        axis=1 if is_first else -1,
        epsilon=node["epsilon"],
        scale="scale" in tensors,
        center="bias" in tensors,
        gamma_initializer=given(tensors.get("scale")),
        beta_initializer=given(tensors.get("bias")),
        moving_mean_initializer=given(tensors["mean"]),
        moving_variance_initializer=given(tensors["variance"]),
        name=node.name,
    )
    return layer(x)


def prelu(builder: Builder, node: NetworkNode, x: Any) -> Any:
    """PReLU, with a slope for each channel or for each value."""
    shape = builder.shapes[node.inputs[0]]
    slope = builder.tensors_of(node)["slope"]
    slope = slope.reshape((1,) * (len(shape) - slope.ndim) + slope.shape)
    if slope.shape == shape:
        shared = None
    elif len(shape) == 3 and slope.shape == (1, 1, shape[2]):
        shared = [2, 3] if builder.data_format == "channels_first" else [1, 2]
    else:
        return None
    if builder.data_format == "channels_first" and len(shape) == 3:
        slope = slope.transpose(2, 0, 1)
    layer = keras.layers.PReLU(given(slope), shared_axes=shared, name=node.name)
    return layer(x)
