"""Global maximum pooling."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array, Step
from netparity.networks.ops.global_pools import GlobalPool, other_pool


class GlobalMax(GlobalPool):
    """`global_max`: the maximum of each channel; C, or 1 x 1 x C with `keep_dims`."""

    key = "global_max"
    title = "global maximum pool"
    contracting = True
    mistakes = (
        other_pool(
            "global-average", "the pool takes the mean instead of the maximum", "global_average"
        ),
    )

    def reduced(self, step: Step) -> Array:
        """NaN where a value is NaN."""
        return np.asarray(step.inputs[0].max(axis=(1, 2), keepdims=True))
