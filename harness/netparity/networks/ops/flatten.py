"""Flattening in a stated order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import check_order
from netparity.networks.ops.base import Array, Op, Step, attribute_of, values_in
from netparity.networks.ops.reading_orders import READ_ORDERS, flattened_mistake


class Flatten(Op):
    """`flatten`: one image as a vector, its axes read in `order`.

    (0, 1, 2) reads height, width, channels, the last axis fastest; (2, 0, 1) is C, H, W.
    """

    key = "flatten"
    title = "flattening"
    defaults: ClassVar = {"order": (0, 1, 2)}
    contracting = True
    mistakes = tuple(flattened_mistake(order) for order in READ_ORDERS)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """As many values as the input has."""
        order = attribute_of(self, node, "order")
        check_order(node, order, len(inputs[0]))
        return (values_in(inputs[0]),)

    def compute(self, step: Step) -> Array:
        """A copy, unless the input is of no further use."""
        x = step.inputs[0]
        moved = x.transpose(0, *(1 + axis for axis in step["order"]))
        flat = moved.reshape(len(x), -1)
        return flat if step.scratch or not np.may_share_memory(flat, x) else flat.copy()
