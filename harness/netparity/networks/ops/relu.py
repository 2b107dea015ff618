"""ReLU."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.activations import other_activation
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Relu(Elementwise):
    """`relu`: max(x, 0); NaN stays NaN."""

    key = "relu"
    title = "ReLU"
    contracting = True
    mistakes = (
        missing("relu", "ReLU"),
        *(
            other_activation(
                f"relu-is-leaky-{slope}",
                f"it is a leaky ReLU of slope {slope}",
                "leaky_relu",
                slope=slope,
            )
            for slope in (0.01, 0.1, 0.2, 0.3)
        ),
        other_activation("relu-is-elu", "it is an ELU", "elu", alpha=1.0),
        other_activation("relu-is-relu6", "it is a ReLU6", "clipped_relu", maximum=6.0),
    )

    def compute(self, step: Step) -> Array:
        """In place where the input is of no further use."""
        x = step.inputs[0]
        return np.maximum(x, 0, out=x if step.scratch else None)
