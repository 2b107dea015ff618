"""Hard swish."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.activations import other_activation
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class HardSwish(Elementwise):
    """`hard_swish`: x * min(max(x / 6 + 1/2, 0), 1)."""

    key = "hard_swish"
    title = "hard swish"
    mistakes = (
        missing("hard-swish", "hard swish"),
        other_activation("swish-for-hard-swish", "it is a swish", "swish"),
        other_activation("relu-for-hard-swish", "it is a ReLU", "relu"),
    )

    def compute(self, step: Step) -> Array:
        """Multiply x by its hard sigmoid."""
        x = step.inputs[0]
        gate = np.clip(x / 6 + 0.5, 0, 1)
        gate *= x
        return gate
