"""Operation to the function that adds its layers: a line each."""

from __future__ import annotations

from collections.abc import Callable

from netparity.networks.graph import Node
from netparity.networks.writing.keras import (
    combining,
    normalising,
    pools,
    resizing,
    shaping,
    transposed,
    values,
    windows,
)
from netparity.networks.writing.keras.plan import Plan, Ref

LAYER_WRITERS: dict[str, Callable[[Plan, Node], Ref]] = {
    "conv": windows.conv,
    "conv_transpose": transposed.conv_transpose,
    "dense": values.dense,
    "max_pool": pools.max_pool,
    "average_pool": pools.average_pool,
    "global_average": shaping.global_pool("GlobalAveragePooling2D"),
    "global_max": shaping.global_pool("GlobalMaxPooling2D"),
    "batch_norm": normalising.batch_norm,
    "layer_norm": normalising.layer_norm,
    "l2_norm": normalising.l2_norm,
    "lrn": normalising.lrn,
    "scale_shift": normalising.scale_shift,
    "relu": values.activation("relu"),
    "leaky_relu": values.leaky_relu,
    "clipped_relu": values.clipped_relu,
    "prelu": values.prelu,
    "sigmoid": values.activation("sigmoid"),
    "hard_sigmoid": values.hard_sigmoid,
    "swish": values.activation("silu"),
    "hard_swish": values.activation("hard_silu"),
    "elu": values.elu,
    "selu": values.selu,
    "tanh": values.activation("tanh"),
    "softplus": values.activation("softplus"),
    "gelu": values.gelu,
    "softmax": values.softmax,
    "add": combining.merged("Add"),
    "multiply": combining.merged("Multiply"),
    "subtract": combining.merged("Subtract"),
    "divide": combining.divide,
    "concat": combining.concat,
    "flatten": shaping.flatten,
    "reshape": shaping.reshape,
    "transpose": shaping.transpose,
    "pad": shaping.pad,
    "crop": shaping.crop,
    "resize": resizing.resize,
    "mean": shaping.mean,
    "dropout": values.dropout,
    "identity": values.activation("linear"),
}
