"""Eltwise, Concat, Slice, Split and Crop."""

from __future__ import annotations

from itertools import pairwise

from netparity.networks.reading.caffe.assembly import Assembly, Value, axis_of, own_axis
from netparity.networks.reading.caffe.elementwise import moved
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import WrongError, product


def eltwise(layer: Layer, graph: Assembly) -> Value:
    """The product, or a sum with coefficients."""
    given = layer.parameters("eltwise_param")
    values = graph.read_all(layer)
    operation, factors = given.word("operation", "SUM"), given.numbers("coeff")
    if operation == "MAX":
        raise WrongError("takes the maximum of blobs (MAX), which netparity does not read")
    if len(values) < 2:
        raise WrongError(f"reads {len(values)} blob, expected two or more")
    for other in values[1:]:
        if other.shape != values[0].shape:
            raise WrongError(
                f"reads blobs of the shapes {product(values[0].sizes)} and {product(other.sizes)}"
            )
    if operation == "PROD":
        return graph.add(layer, "multiply", values)
    if factors and len(factors) != len(values):
        raise WrongError(f"has {len(factors)} coefficients for {len(values)} blobs")
    if factors == [1.0, -1.0]:
        return graph.add(layer, "subtract", values)
    scaled = [
        value if factor == 1.0 else moved(layer, graph, value, factor, 0.0, f"_term{place}")
        for place, (value, factor) in enumerate(
            zip(values, factors or [1.0] * len(values), strict=True), start=1
        )
    ]
    return graph.add(layer, "add", scaled)


def concat(layer: Layer, graph: Assembly) -> Value:
    """Along the channels unless it says otherwise."""
    given = layer.parameters("concat_param")
    values = graph.read_all(layer)
    axis = own_axis(values[0], given.integer("axis", given.integer("concat_dim", 1)))
    return graph.add(layer, "concat", values, {"axis": axis - len(values[0].shape)})


def split(layer: Layer, graph: Assembly) -> list[Value]:
    """The same value under several names; Caffe inserts such layers itself."""
    [x] = graph.read(layer)
    if x.node in graph.nodes:
        graph.aliases.setdefault(layer.name, x.node)
    return [x] * len(layer.tops)


def cut(layer: Layer, graph: Assembly) -> list[Value]:
    """A part of an axis for each top, whose name it has: equal parts, or cut at the points."""
    given = layer.parameters("slice_param")
    [x] = graph.read(layer)
    axis = own_axis(x, given.integer("axis", given.integer("slice_dim", 1)))
    size, count = x.shape[axis], len(layer.tops)
    points = given.integers("slice_point")
    if not points and count and size % count == 0:
        points = [size // count * part for part in range(1, count)]
    ends = [0, *points, size]
    if len(points) != count - 1 or any(a >= b for a, b in pairwise(ends)):
        raise WrongError(f"cuts an axis of {size} at {points[:8]} into {count} parts")
    made = []
    for top, start, end in zip(layer.tops, ends, ends[1:], strict=False):
        crops = [(0, 0)] * len(x.shape)
        crops[axis] = (start, size - end)
        made.append(graph.add(layer, "crop", [x], {"crops": tuple(crops)}, name=top))
    return made


def crop(layer: Layer, graph: Assembly) -> Value:
    """The first blob in the size of the second, from its offset."""
    given = layer.parameters("crop_param")
    x, reference = graph.read(layer, 2)
    first, offsets = axis_of(x, given.integer("axis", 2)), given.integers("offset") or [0]
    count = x.rank - first
    if first == 0 or len(x.shape) != len(reference.shape):
        raise WrongError("crops images, or two blobs of different numbers of axes")
    if len(offsets) not in (1, count):
        raise WrongError(f"has {len(offsets)} offsets for {count} axes")
    offsets = offsets * count if len(offsets) == 1 else offsets
    crops = [(0, 0)] * len(x.shape)
    for axis, offset in zip(range(first, x.rank), offsets, strict=True):
        place = own_axis(x, axis)
        crops[place] = (offset, x.shape[place] - offset - reference.shape[place])
    if any(min(ends) < 0 for ends in crops):
        raise WrongError(
            f"crops {product(x.sizes)} to {product(reference.sizes)} at {offsets}, which is "
            "beyond it"
        )
    return graph.add(layer, "crop", [x], {"crops": tuple(crops)})
