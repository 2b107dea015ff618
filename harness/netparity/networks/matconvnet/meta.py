"""The structure `meta` of a file that is written: the input's size and its preprocessing.

`averageImage` is in values of 0 to 255. `imageStd` is what imports from PyTorch add; `channelOrder`
is netparity's own, and only in files of networks that do not take RGB.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.files import mat5_writing as writing
from netparity.files.mat5_writing import Blob
from netparity.networks.graph import Network
from netparity.networks.matconvnet.layers import by_columns
from netparity.networks.node import Input, Preprocessing, Shape

FILTERS = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "bicubic", "area": "box"}
"""netparity's name to that of `imresize`."""

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]


def meta(network: Network, variables: Mapping[str, str], tensors: Tensors) -> Blob:
    """The structure."""
    inputs = [
        {
            "name": writing.text(variables[entry.name]),
            "size": writing.doubles(*size_of(entry.shape), 1),
        }
        for entry in network.inputs
    ]
    fields = {"inputs": writing.structs(inputs)}
    first = network.inputs[0]
    if first.preprocessing is not None:
        fields["normalization"] = _normalization(first, first.preprocessing, tensors)
    return writing.struct(fields, "meta")


def size_of(shape: Shape) -> Shape:
    """Height, width and channels; a vector is 1 x 1 x K."""
    return shape if len(shape) == 3 else (1, 1, *shape)


def _normalization(entry: Input, preprocessing: Preprocessing, tensors: Tensors) -> Blob:
    size = size_of(entry.shape)
    resize = preprocessing.resize or size[:2]
    fields = {
        "imageSize": writing.doubles(*size),
        "averageImage": _average(preprocessing, size, tensors),
        "border": writing.doubles(resize[0] - size[0], resize[1] - size[1]),
        "keepAspect": writing.logical(preprocessing.keep_aspect),
        "interpolation": writing.text(FILTERS[preprocessing.filter]),
    }
    if preprocessing.deviation != (1.0,) or preprocessing.scale != 1.0:
        fields["imageStd"] = _row(preprocessing.deviation, preprocessing.scale, size[2])
    if preprocessing.order != "RGB":
        fields["channelOrder"] = writing.text(preprocessing.order)
    return writing.struct(fields)


def _average(preprocessing: Preprocessing, size: Shape, tensors: Tensors) -> Blob:
    name = preprocessing.mean_image
    if name is None:
        return _row(preprocessing.mean, preprocessing.scale, size[2])
    image = by_columns(
        "", size, lambda: np.asarray(tensors[name], np.float32) / np.float32(preprocessing.scale)
    )
    return writing.array(image.size, image.values)


def _row(values: tuple[float, ...], scale: float, channels: int) -> Blob:
    spread = np.broadcast_to(np.array(values) / scale, (channels,)).astype(np.float32)
    return writing.array((1, 1, channels), lambda: [spread])
