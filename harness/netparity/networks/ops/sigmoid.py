"""Sigmoid."""

from __future__ import annotations

from netparity.networks.ops.activations import logistic, other_activation
from netparity.networks.ops.base import Array, Elementwise, Step
from netparity.networks.ops.shared_mistakes import missing


class Sigmoid(Elementwise):
    """`sigmoid`: 1 / (1 + exp(-x))."""

    key = "sigmoid"
    title = "sigmoid"
    mistakes = (
        missing("sigmoid", "sigmoid"),
        other_activation("hard-sigmoid-for-sigmoid", "it is a hard sigmoid", "hard_sigmoid"),
        other_activation("tanh-for-sigmoid", "it is a tanh", "tanh"),
    )

    def compute(self, step: Step) -> Array:
        """From exp(-|x|), which does not overflow."""
        return logistic(step.inputs[0])
