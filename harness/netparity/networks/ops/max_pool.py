"""Maximum pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.base import Array, Mistake, Op, Step
from netparity.networks.ops.window_mistakes import POOL_FLOOR, POOL_PADS
from netparity.networks.ops.window_reads import holds_several
from netparity.networks.ops.windows import POOL_DEFAULTS, check_windows, pooled_shape, taps


def _average(step: Step) -> Step:
    return step.with_op("average_pool", **step.node.attributes)


class MaxPool(Op):
    """`max_pool`: the maximum of each window; what lies outside the image is ignored.

    `pads` are at the top, bottom, left and right. With `ceil`, a last window may reach beyond them.
    """

    key = "max_pool"
    title = "maximum pool"
    defaults = POOL_DEFAULTS
    contracting = False  # in the largest difference only, not in the Euclidean one
    mistakes = (
        Mistake(
            "pool-average",
            "the pool takes the mean instead of the maximum",
            _average,
            holds_several,
            touches=frozenset({"pooling"}),
        ),
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
        """Tap by tap."""
        views = taps(step, -np.inf)
        if len(views) == 1:
            return views[0].copy()
        result = np.maximum(views[0], views[1])
        for view in views[2:]:
            np.maximum(result, view, out=result)
        return result
