"""Swish, which is SiLU."""

from __future__ import annotations

from netparity.networks.ops.activations import logistic, other_activation
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Swish(Elementwise):
    """`swish`: x / (1 + exp(-x))."""

    key = "swish"
    title = "swish"
    mistakes = (
        missing("swish", "swish"),
        other_activation("hard-swish-for-swish", "it is a hard swish", "hard_swish"),
        other_activation("relu-for-swish", "it is a ReLU", "relu"),
        other_activation("sigmoid-for-swish", "it is a sigmoid", "sigmoid"),
    )

    def compute(self, step: Step) -> Array:
        """Multiply x by its sigmoid."""
        x = step.inputs[0]
        values = logistic(x)
        values *= x
        return values
