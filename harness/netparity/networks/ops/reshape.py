"""Reshaping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from netparity.networks.node import MOST_RANK, MOST_VALUES, Node, Shape
from netparity.networks.ops.attributes import is_whole, product, unexpected
from netparity.networks.ops.base import (
    REQUIRED,
    Array,
    Known,
    Mistake,
    Op,
    Step,
    attribute_of,
    values_in,
    wrong,
)
from netparity.networks.ops.reading_orders import effective


def _channels_first(step: Step) -> Step:
    """The map read in the order C, H, W."""
    x = step.inputs[0]
    return replace(step, inputs=(np.ascontiguousarray(x.transpose(0, 3, 1, 2)),), scratch=False)


def _is_a_map(node: Node, known: Known) -> bool:
    shape = known.inputs[0]
    return len(shape) == 3 and effective((2, 0, 1), shape) != effective((0, 1, 2), shape)


class Reshape(Op):
    """`reshape`: the values of one image, read row by row with channels last, in another shape."""

    key = "reshape"
    title = "reshaping"
    defaults: ClassVar = {"shape": REQUIRED}
    contracting = True
    mistakes = (
        Mistake(
            "reshape-channels-first",
            "the map is reshaped in the order C, H, W",
            _channels_first,
            _is_a_map,
            frozenset({"flatten"}),
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse what is not a shape."""
        shape = attribute_of(self, node, "shape")
        fits = isinstance(shape, tuple) and 0 < len(shape) <= MOST_RANK
        if not fits or not all(is_whole(size, 1, MOST_VALUES) for size in shape):
            raise unexpected(node, "shape", shape, f"1 to {MOST_RANK} sizes of at least 1")

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The attribute."""
        shape: Shape = attribute_of(self, node, "shape")
        if values_in(shape) != values_in(inputs[0]):
            raise wrong(
                node,
                f"has shape {product(shape)}, which does not fit an input {product(inputs[0])}",
            )
        return shape

    def compute(self, step: Step) -> Array:
        """A copy, unless the input is of no further use."""
        x = step.inputs[0] if step.scratch else step.inputs[0].copy()
        return x.reshape(len(x), *step["shape"])
