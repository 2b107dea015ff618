"""Average pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.base import Array, Mistake, Op, Step
from netparity.networks.ops.divisor_mistakes import DIVISORS
from netparity.networks.ops.window_mistakes import POOL_FLOOR, POOL_PADS
from netparity.networks.ops.window_reads import holds_several, of_step
from netparity.networks.ops.windows import POOL_DEFAULTS, check_windows, pooled_shape, taps


def _maximum(step: Step) -> Step:
    attributes = {k: v for k, v in step.node.attributes.items() if k != "count_padding"}
    return step.with_op("max_pool", **attributes)


class AveragePool(Op):
    """`average_pool`: the mean of each window.

    With `count_padding`, the zeros in `pads` count; otherwise the sum is divided by the number of
    values inside the image. What `ceil` adds beyond the pads never counts.
    """

    key = "average_pool"
    title = "average pool"
    defaults: ClassVar = {**POOL_DEFAULTS, "count_padding": False}
    mistakes = (
        Mistake(
            "pool-maximum",
            "the pool takes the maximum instead of the mean",
            _maximum,
            holds_several,
            touches=frozenset({"pooling", "count"}),
        ),
        *DIVISORS,
        POOL_FLOOR,
        *POOL_PADS,
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse windows, strides and pads that make no sense."""
        check_windows(self, node)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """Height x width x channels."""
        return pooled_shape(self, node, inputs[0])

    def compute(self, step: Step) -> Array:
        """The sum tap by tap, divided by the number of values."""
        total = sums.add_up(taps(step, 0.0), step.how)
        total /= of_step(step).counts(step["count_padding"]).astype(total.dtype)[None, :, :, None]
        return total

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """The mean of the magnitudes, and the rounding of a quotient."""
        plain = replace(step, inputs=(abs(step.inputs[0]),), how=type(step.how)())
        return step["window"][0] * step["window"][1] + 1, self.compute(plain)
