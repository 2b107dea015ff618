"""Hyperbolic tangent."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.activations import other_activation
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Tanh(Elementwise):
    """`tanh`: the hyperbolic tangent."""

    key = "tanh"
    title = "tanh"
    mistakes = (
        missing("tanh", "tanh"),
        other_activation("sigmoid-for-tanh", "it is a sigmoid", "sigmoid"),
    )

    def compute(self, step: Step) -> Array:
        """In place where the input is of no further use."""
        x = step.inputs[0]
        return np.tanh(x, out=x if step.scratch else None)
