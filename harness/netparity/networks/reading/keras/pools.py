"""Pools, and the mean or maximum of a whole map."""

from __future__ import annotations

from collections.abc import Callable

from netparity.networks.reading.keras.building import Value
from netparity.networks.reading.keras.call import CHANNELS_FIRST, Call
from netparity.networks.reading.keras.convolutions import padding_of, theano
from netparity.networks.reading.keras.padding import four


def _pool(op: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        value = call.image()
        window = call.fields.pair("pool_size", default=(2, 2))
        strides = call.fields.pair("strides", default=window)
        if min(*window, *strides) < 1:
            raise call.fields.refused("has a window or a stride below 1")
        pads = (0, 0, 0, 0)
        if padding_of(call) == "same":
            pads = four("pool", theano(call), value.shape, window, strides)
        return call.node(op, [value], {"window": window, "strides": strides, "pads": pads})

    return read


def _global(op: str) -> Callable[[Call], Value]:
    def read(call: Call) -> Value:
        value = call.image()
        keep = call.fields.flag("keepdims", default=False)
        order = (CHANNELS_FIRST if call.channels_first else (0, 1, 2)) if keep else (0,)
        return call.node(op, [value], {"keep_dims": keep}, order=order)

    return read


POOL_LAYERS = {
    "MaxPooling2D": _pool("max_pool"),
    "AveragePooling2D": _pool("average_pool"),
    "GlobalAveragePooling2D": _global("global_average"),
    "GlobalMaxPooling2D": _global("global_max"),
    "MaxPool2D": _pool("max_pool"),
    "AvgPool2D": _pool("average_pool"),
    "GlobalAvgPool2D": _global("global_average"),
    "GlobalMaxPool2D": _global("global_max"),
}
