"""Checks of attributes and shapes that several operations share.

Every function raises a `GraphError` that names the node, the attribute, its value and what was
expected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from netparity.networks.node import GraphError, Node, Shape
from netparity.networks.ops.base import Op, attribute_of, wrong

MOST_SIZE = 2**20
"""Of a pad, a crop or a window of channels."""

_MOST_SHOWN = 80


def unexpected(node: Node, name: str, value: Any, expected: str) -> GraphError:
    """The error for one attribute."""
    try:
        shown = repr(value)
    except ValueError:  # whole numbers of more than 4300 digits
        shown = "a huge number"
    if len(shown) > _MOST_SHOWN:
        shown = shown[:_MOST_SHOWN] + "..."
    return wrong(node, f"has {name} {shown}, expected {expected}")


def is_whole(value: Any, least: int, most: int) -> bool:
    """Whether a value is a whole number of a range; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value: Any) -> bool:
    """Whether a value is a finite number that float64 holds."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def check_number(op: Op, node: Node, name: str, least: float = -math.inf) -> None:
    """A finite number of at least `least`."""
    value = attribute_of(op, node, name)
    if not is_number(value) or value < least:
        expected = "a number" if least == -math.inf else f"a number of at least {least:g}"
        raise unexpected(node, name, value, expected)


def check_whole(op: Op, node: Node, name: str, least: int, most: int = MOST_SIZE) -> None:
    """A whole number of a range."""
    value = attribute_of(op, node, name)
    if not is_whole(value, least, most):
        raise unexpected(node, name, value, f"a whole number of {least} to {most}")


def check_wholes(op: Op, node: Node, name: str, count: int, least: int, most: int) -> None:
    """Several whole numbers of a range."""
    value = attribute_of(op, node, name)
    fits = isinstance(value, tuple) and len(value) == count
    if not fits or not all(is_whole(item, least, most) for item in value):
        raise unexpected(node, name, value, f"{count} whole numbers of {least} to {most}")


def check_flag(op: Op, node: Node, name: str) -> None:
    """True or False."""
    value = attribute_of(op, node, name)
    if not isinstance(value, bool):
        raise unexpected(node, name, value, "True or False")


def check_choice(op: Op, node: Node, name: str, choices: Sequence[str]) -> None:
    """One of several words."""
    value = attribute_of(op, node, name)
    if not isinstance(value, str) or value not in choices:
        raise unexpected(node, name, value, f"one of {', '.join(choices)}")


def check_pairs(op: Op, node: Node, name: str) -> None:
    """(before, after) for each axis of one image."""
    value = attribute_of(op, node, name)
    fits = isinstance(value, tuple) and len(value) > 0
    if not fits or not all(
        isinstance(pair, tuple)
        and len(pair) == 2
        and all(is_whole(item, 0, MOST_SIZE) for item in pair)
        for pair in value
    ):
        raise unexpected(node, name, value, "(before, after) for each axis, 0 or more each")


def check_axes(op: Op, node: Node, name: str) -> None:
    """One or more axes; whether the input has them is for `axes_in`."""
    value = attribute_of(op, node, name)
    fits = isinstance(value, tuple) and len(value) > 0
    if not fits or not all(is_whole(item, -32, 31) for item in value):
        raise unexpected(node, name, value, "axes of one image, such as (-1,) or (0, 1)")


def axes_in(op: Op, node: Node, name: str, shape: Shape) -> tuple[int, ...]:
    """The axes of one image, counted from 0, in ascending order."""
    axes = attribute_of(op, node, name)
    rank = len(shape)
    found = {axis % rank if -rank <= axis < rank else -1 for axis in axes}
    if -1 in found or len(found) != len(axes):
        raise unexpected(node, name, axes, f"distinct axes of an input {product(shape)}")
    return tuple(sorted(found))


def axis_in(op: Op, node: Node, name: str, rank: int) -> int:
    """One axis of one image, counted from 0."""
    axis = attribute_of(op, node, name)
    if not is_whole(axis, -rank, rank - 1):
        raise unexpected(node, name, axis, f"an axis of an input of {rank} axes")
    return int(axis) % rank


def check_order(node: Node, order: Any, rank: int) -> None:
    """Every axis of one image once."""
    fits = isinstance(order, tuple) and all(is_whole(axis, 0, 31) for axis in order)
    if not fits or sorted(order) != list(range(rank)):
        raise unexpected(node, "order", order, f"each of the {rank} axes of its input once, from 0")


def check_pairs_fit(node: Node, name: str, pairs: Sequence[Any], shape: Shape) -> None:
    """One pair for each axis."""
    if len(pairs) != len(shape):
        raise unexpected(
            node, name, tuple(pairs), f"a pair for each axis of its input {product(shape)}"
        )


def check_channels(node: Node, shape: Shape) -> None:
    """An input with height, width and channels."""
    if len(shape) != 3:
        raise wrong(node, f"has an input {product(shape)}, expected height x width x channels")


def check_broadcasts(node: Node, role: str, tensor: Shape, shape: Shape) -> None:
    """A tensor that can be broadcast to a shape without enlarging it."""
    if len(tensor) > len(shape) or any(
        size not in (1, whole)
        for size, whole in zip(reversed(tensor), reversed(shape), strict=False)
    ):
        raise wrong(
            node, f"has a {role} {product(tensor)}, which does not fit an input {product(shape)}"
        )


def product(shape: Sequence[int]) -> str:
    """A shape in words: 7 x 7 x 512."""
    return " x ".join(map(str, shape)) or "of a single number"
