"""Flatten, Reshape and Padding."""

from __future__ import annotations

import math

from netparity.networks.node import Shape
from netparity.networks.reading.caffe.assembly import Assembly, Value, axis_of
from netparity.networks.reading.caffe.convolutions import pads
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import WrongError, product


def padding(layer: Layer, graph: Assembly) -> Value:
    """Zeros around a map, a layer by itself in Caffe's first releases."""
    [x] = graph.read(layer)
    if len(x.shape) != 3:
        raise WrongError("works on a blob that is not images x channels x height x width")
    top, bottom, left, right = pads(layer.parameters("convolution_param"))
    return graph.add(layer, "pad", [x], {"pads": ((top, bottom), (left, right), (0, 0))})


def flatten(layer: Layer, graph: Assembly) -> Value:
    """All axes of an image as one."""
    given = layer.parameters("flatten_param")
    [x] = graph.read(layer)
    first, last = axis_of(x, given.integer("axis", 1)), axis_of(x, given.integer("end_axis", -1))
    if (first, last) != (1, x.rank - 1):
        raise WrongError(f"flattens the axes {first} to {last}; netparity reads 1 to the last")
    return _flat(layer, graph, x)


def _flat(layer: Layer, graph: Assembly, x: Value, suffix: str = "") -> Value:
    if len(x.shape) == 1:
        return graph.add(layer, "identity", [x], suffix=suffix)
    attributes = {} if x.shape[:2] == (1, 1) or x.shape[2] == 1 else {"order": (2, 0, 1)}
    return graph.add(layer, "flatten", [x], attributes, suffix=suffix)


def reshape(layer: Layer, graph: Assembly) -> Value:
    """Values in the order channels, height, width, in another shape."""
    given = layer.parameters("reshape_param")
    [x] = graph.read(layer)
    dims = given.message("shape").integers("dim")
    sizes = _sizes(x, dims, given.integer("axis", 0), given.integer("num_axes", -1), graph.images)
    if len(sizes) == 1:
        return _flat(layer, graph, x)
    if len(sizes) != 3:
        raise WrongError(f"reshapes to {len(sizes) + 1} axes; netparity reads 2 and 4")
    if sizes == x.sizes:
        return graph.add(layer, "identity", [x])
    turned = sizes[1:] != (1, 1) and sizes[0] != 1
    flat = x if len(x.shape) == 1 else _flat(layer, graph, x, "_flat")
    if not turned:
        return graph.add(layer, "reshape", [flat], {"shape": (*sizes[1:], sizes[0])})
    shaped = graph.add(layer, "reshape", [flat], {"shape": sizes}, suffix="_shaped")
    return graph.add(layer, "transpose", [shaped], {"order": (1, 2, 0)})


def _sizes(x: Value, dims: list[int], axis: int, count: int, images: int | None) -> Shape:
    """One image's shape after a reshape, in Caffe's order.

    Raises:
        WrongError: if it does not fit, or moves values from one image to another.
    """
    first = axis if axis >= 0 else axis + x.rank + 1
    end = x.rank if count == -1 else first + count
    if not 0 <= first <= end <= x.rank:
        raise WrongError(f"reshapes {count} axes from axis {axis} of a blob of {x.rank} axes")
    before = [-2, *x.sizes]  # -2 stands for the number of images
    replaced = []
    for place, dim in enumerate(dims):
        if dim == 0 and first + place >= x.rank:
            raise WrongError(f"copies axis {first + place} of a blob of {x.rank} axes")
        replaced.append(before[first + place] if dim == 0 else dim)
    whole = [*before[:first], *replaced, *before[end:]]
    values = math.prod(x.sizes)
    if not whole or len(whole) < 2:
        raise WrongError(f"reshapes to {len(whole)} axes; netparity reads 2 and 4")
    own = whole[1:]
    others = math.prod(size for size in own if size != -1)
    if whole[0] not in (-2, -1) and whole[0] != images:
        raise WrongError(f"reshapes to {whole[0]} images")
    if own.count(-1) == 1 and others > 0 and values % others == 0:
        own[own.index(-1)] = values // others
    if any(size < 1 for size in own) or math.prod(own) != values:
        raise WrongError(f"reshapes {product(x.sizes)} to {product(own)}, which does not fit")
    return tuple(own)
