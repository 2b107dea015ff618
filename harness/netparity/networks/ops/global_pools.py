"""What the pools over a whole map share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import check_channels, check_flag
from netparity.networks.ops.base import Array, Known, Mistake, Op, Step, attribute_of


class GlobalPool(Op):
    """One number for each channel."""

    defaults: ClassVar = {"keep_dims": False}

    def check_attributes(self, node: Node) -> None:
        """Refuse what is neither True nor False."""
        check_flag(self, node, "keep_dims")

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The channels."""
        check_channels(node, inputs[0])
        channels = inputs[0][2]
        return (1, 1, channels) if attribute_of(self, node, "keep_dims") else (channels,)

    def compute(self, step: Step) -> Array:
        """All places at once."""
        values = self.reduced(step)
        return values if step["keep_dims"] else values.reshape(len(values), -1)

    @abstractmethod
    def reduced(self, step: Step) -> Array:
        """N x 1 x 1 x C."""


def other_pool(key: str, title: str, op: str) -> Mistake:
    """The other global pool in its place."""

    def make(step: Step) -> Step:
        return step.with_op(op, **step.node.attributes)

    def fits(node: Node, known: Known) -> bool:
        return known.inputs[0][0] * known.inputs[0][1] > 1

    return Mistake(key, title, make, fits, frozenset({"pooling"}))
