"""The orders in which the axes of a map are read, and which of them are the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from netparity.networks.node import Node, Shape
from netparity.networks.ops.base import Known, Mistake, Step

Order = tuple[int, ...]

READ_ORDERS: tuple[Order, ...] = (
    (0, 1, 2),
    (2, 0, 1),
    (2, 1, 0),
    (1, 0, 2),
    (0, 2, 1),
    (1, 2, 0),
)
"""Of height, width, channels: the likeliest first."""


def letters(order: Sequence[int]) -> str:
    """`chw` for (2, 0, 1)."""
    return "".join("hwc"[axis] for axis in order)


def effective(order: Sequence[int], shape: Shape) -> Order:
    """The order without the axes of size 1, which change nothing."""
    return tuple(axis for axis in order if shape[axis] > 1)


def is_another(order: Order, right: Sequence[int], shape: Shape) -> bool:
    """Whether an order reads a map otherwise than the right one, and no earlier order like it."""
    same = [other for other in READ_ORDERS if effective(other, shape) == effective(order, shape)]
    return same[0] == order and effective(order, shape) != effective(right, shape)


def flattened_mistake(order: Order) -> Mistake:
    """A flattening in another order."""

    def fits(node: Node, known: Known) -> bool:
        right = node.attributes.get("order", (0, 1, 2))
        return len(known.inputs[0]) == 3 and is_another(order, right, known.inputs[0])

    def make(step: Step) -> Step:
        return step.with_attributes(order=order)

    return Mistake(
        f"flatten-as-{letters(order)}",
        f"the map is flattened in the order {', '.join(letters(order).upper())}",
        make,
        fits,
        frozenset({"flatten"}),
    )


assert set(READ_ORDERS) == set(permutations(range(3)))
