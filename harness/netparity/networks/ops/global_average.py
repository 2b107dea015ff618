"""Global average pooling."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops import sums
from netparity.networks.ops.base import Array, Step
from netparity.networks.ops.global_pools import GlobalPool, other_pool


class GlobalAverage(GlobalPool):
    """`global_average`: the mean of each channel; C, or 1 x 1 x C with `keep_dims`."""

    key = "global_average"
    title = "global average pool"
    contracting = True
    mistakes = (
        other_pool(
            "global-maximum", "the pool takes the maximum instead of the mean", "global_max"
        ),
    )

    def reduced(self, step: Step) -> Array:
        """The sum divided by the number of places."""
        x = step.inputs[0]
        total = sums.total_over(x, (1, 2), step.how)
        total /= x.shape[1] * x.shape[2]
        return total

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """The mean of the magnitudes."""
        x = step.inputs[0]
        mean = np.asarray(abs(x).mean(axis=(1, 2), keepdims=step["keep_dims"]))
        return x.shape[1] * x.shape[2] + 1, mean
