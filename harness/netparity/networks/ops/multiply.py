"""Multiplication."""

from __future__ import annotations

from netparity.networks.ops.base import Array, Step
from netparity.networks.ops.broadcasting import Broadcasting, aligned, can_overwrite, left_out


class Multiply(Broadcasting):
    """`multiply`: the product of two or more inputs, value by value."""

    key = "multiply"
    title = "multiplication"
    mistakes = left_out("product", 1.0)

    def compute(self, step: Step) -> Array:
        """From the first input to the last."""
        factors = aligned(step.inputs)
        if can_overwrite(step, factors):
            total = factors[0]
            for factor in factors[1:]:
                total *= factor
            return total
        total = factors[0] * factors[1]
        for factor in factors[2:]:
            total = total * factor
        return total
