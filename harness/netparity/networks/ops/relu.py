"""ReLU."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Relu(Elementwise):
    """`relu`: max(x, 0); NaN stays NaN."""

    key = "relu"
    title = "ReLU"
    contracting = True
    mistakes = (missing("relu", "ReLU"),)

    def compute(self, step: Step) -> Array:
        """In place where the input is of no further use."""
        x = step.inputs[0]
        return np.maximum(x, 0, out=x if step.scratch else None)
