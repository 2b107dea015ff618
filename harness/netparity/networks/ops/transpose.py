"""Transposition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import check_order
from netparity.networks.ops.base import REQUIRED, Array, Known, Mistake, Op, Step, attribute_of
from netparity.networks.ops.reading_orders import effective


def _moves_something(node: Node, known: Known) -> bool:
    order, shape = node.attributes["order"], known.inputs[0]
    return effective(order, shape) != effective(range(len(shape)), shape)


def _only_reshaped(step: Step) -> Step:
    x = step.inputs[0]
    shape = tuple(x.shape[1 + axis] for axis in step["order"])
    return step.with_op("reshape", shape=shape)


class Transpose(Op):
    """`transpose`: the axes of one image in another order; axis i is axis `order[i]` of the input.

    Axes are counted from 0, without the batch.
    """

    key = "transpose"
    title = "transposition"
    defaults: ClassVar = {"order": REQUIRED}
    contracting = True
    mistakes = (
        Mistake(
            "transpose-reshaped",
            "the axes are reshaped instead of transposed",
            _only_reshaped,
            _moves_something,
            frozenset({"flatten"}),
        ),
    )

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The sizes in the other order."""
        order = attribute_of(self, node, "order")
        check_order(node, order, len(inputs[0]))
        return tuple(inputs[0][axis] for axis in order)

    def compute(self, step: Step) -> Array:
        """A copy whose values are in order in memory."""
        moved = step.inputs[0].transpose(0, *(1 + axis for axis in step["order"]))
        return np.array(moved, order="C")
