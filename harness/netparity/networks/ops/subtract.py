"""Subtraction."""

from __future__ import annotations

from netparity.networks.ops.base import Array, Step
from netparity.networks.ops.broadcasting import Broadcasting, aligned, swapped


class Subtract(Broadcasting):
    """`subtract`: the first input minus the second."""

    key = "subtract"
    title = "subtraction"
    inputs = (2, 2)
    mistakes = (swapped("subtract-reversed", "the first input is subtracted from the second"),)

    def compute(self, step: Step) -> Array:
        """One difference."""
        left, right = aligned(step.inputs)
        return left - right

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """The sum of the magnitudes."""
        left, right = aligned(step.inputs)
        return 2, abs(left) + abs(right)
