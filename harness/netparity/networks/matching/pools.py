"""Pools, and means over height and width, in their normal form."""

from __future__ import annotations

from typing import Any

from netparity.networks.graph import Node, Shape
from netparity.networks.matching.building import Builder, Value
from netparity.networks.matching.padding import unpadded
from netparity.networks.matching.views import whole
from netparity.networks.matching.windows import added, covers_all, pool_as_used


def max_pool(builder: Builder, node: Node) -> Value:
    """With the zeros before it as its padding, where no value is negative."""
    attributes = builder.attributes(node)
    place, size, zeros = unpadded(builder, node.inputs[0])
    reached = tuple(attributes["dilations"]) == (1, 1) and _smaller(zeros, attributes["window"])
    if reached and builder.pieces[place].nonnegative:  # then a zero is never the maximum
        attributes["pads"] = added(attributes["pads"], zeros)
    else:
        place, size = builder.plain(node.inputs[0]), builder.shape(node.inputs[0])
    return _pool(builder, node, "global_max", place, size, attributes)


def average_pool(builder: Builder, node: Node) -> Value:
    """With the zeros before it as padding that counts."""
    attributes = builder.attributes(node)
    place, size, zeros = unpadded(builder, node.inputs[0])
    counts = attributes["count_padding"] or not any(attributes["pads"])
    if any(zeros) and counts and not attributes["ceil"]:
        attributes["pads"] = added(attributes["pads"], zeros)
        attributes["count_padding"] = True
    else:
        place, size = builder.plain(node.inputs[0]), builder.shape(node.inputs[0])
    return _pool(builder, node, "global_average", place, size, attributes)


def _smaller(pads: tuple[int, ...], window: tuple[int, int]) -> bool:
    top, bottom, left, right = pads
    return max(top, bottom) < window[0] and max(left, right) < window[1]


def _pool(
    builder: Builder, node: Node, over_all: str, place: int, size: Shape, attributes: dict[str, Any]
) -> Value:
    used = pool_as_used(attributes, size, builder.shape(node.name))
    if tuple(used["window"]) == (1, 1) and builder.shape(node.name) == size:
        return _in_shape(builder, place, size)
    if covers_all(used, used["window"], size):
        return builder.add(node, over_all, (place,), {})
    return builder.add(node, node.op, (place,), used)


def over_all(builder: Builder, node: Node) -> Value:
    """One value for each channel, whether the axes of size 1 are kept or not."""
    return _over_all(builder, node, node.op, builder.plain(node.inputs[0]))


def mean(builder: Builder, node: Node) -> Value:
    """The mean over height and width is a global average."""
    attributes, place = builder.attributes(node), builder.plain(node.inputs[0])
    if len(builder.shape(node.inputs[0])) == 3 and attributes["axes"] == (-3, -2):
        return _over_all(builder, node, "global_average", place)
    return builder.add(node, "mean", (place,), attributes)


def _over_all(builder: Builder, node: Node, op: str, place: int) -> Value:
    if builder.shape(node.inputs[0])[:2] == (1, 1):
        return _in_shape(builder, place, builder.shape(node.name))
    return builder.add(node, op, (place,), {})


def _in_shape(builder: Builder, place: int, shape: Shape) -> Value:
    return Value(place, whole(builder.pieces[place].shape).reshaped(shape))
