"""Concatenation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import axis_in, check_whole, product
from netparity.networks.ops.base import Array, Known, Mistake, Op, Step, wrong
from netparity.networks.ops.broadcasting import MOST_INPUTS


def _in_order(order: slice | Callable[[int], list[int]]) -> Callable[[Step], Step]:
    def make(step: Step) -> Step:
        if isinstance(order, slice):
            return replace(step, inputs=step.inputs[order], scratch=False)
        places = order(len(step.inputs))
        return replace(step, inputs=tuple(step.inputs[place] for place in places), scratch=False)

    return make


def _has_several(count: int) -> Callable[[Node, Known], bool]:
    """Enough inputs, and not all the same one."""
    return lambda node, known: len(node.inputs) >= count and len(set(node.inputs)) > 1


def _is_not_palindrome(node: Node, known: Known) -> bool:
    return node.inputs != node.inputs[::-1]


_ORDER = frozenset({"order"})


class Concat(Op):
    """`concat`: the inputs one after the other along `axis` (the channels by default)."""

    key = "concat"
    title = "concatenation"
    defaults: ClassVar = {"axis": -1}
    inputs = (1, MOST_INPUTS)
    mistakes = (
        Mistake(
            "concat-reversed",
            "the inputs are concatenated in the reverse order",
            _in_order(slice(None, None, -1)),
            _is_not_palindrome,
            _ORDER,
        ),
        Mistake(
            "concat-first-last",
            "the first input is concatenated last",
            _in_order(lambda count: [*range(1, count), 0]),
            _has_several(3),
            _ORDER,
        ),
        Mistake(
            "concat-last-first",
            "the last input is concatenated first",
            _in_order(lambda count: [count - 1, *range(count - 1)]),
            _has_several(3),
            _ORDER,
        ),
        Mistake(
            "concat-first-two-swapped",
            "the first two inputs are concatenated in the other order",
            _in_order(lambda count: [1, 0, *range(2, count)]),
            lambda node, known: len(node.inputs) > 2 and node.inputs[0] != node.inputs[1],
            _ORDER,
        ),
        Mistake(
            "concat-last-two-swapped",
            "the last two inputs are concatenated in the other order",
            _in_order(lambda count: [*range(count - 2), count - 1, count - 2]),
            lambda node, known: len(node.inputs) > 2 and node.inputs[-1] != node.inputs[-2],
            _ORDER,
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse an axis that is not a whole number."""
        check_whole(self, node, "axis", -32, 31)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The inputs' sizes added along the axis; all others must be the same."""
        axis = axis_in(self, node, "axis", len(inputs[0]))
        for shape in inputs[1:]:
            if len(shape) != len(inputs[0]) or (*shape[:axis], *shape[axis + 1 :]) != (
                *inputs[0][:axis],
                *inputs[0][axis + 1 :],
            ):
                raise wrong(
                    node,
                    f"has inputs {product(inputs[0])} and {product(shape)}, which differ in more "
                    f"than axis {axis}",
                )
        return (
            *inputs[0][:axis],
            sum(shape[axis] for shape in inputs),
            *inputs[0][axis + 1 :],
        )

    def compute(self, step: Step) -> Array:
        """A copy."""
        axis = step["axis"]
        return np.concatenate(step.inputs, axis=axis if axis < 0 else axis + 1)
