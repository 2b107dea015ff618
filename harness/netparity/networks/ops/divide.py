"""Division."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array, Step
from netparity.networks.ops.broadcasting import Broadcasting, aligned, swapped


class Divide(Broadcasting):
    """`divide`: the first input divided by the second."""

    key = "divide"
    title = "division"
    inputs = (2, 2)
    mistakes = (swapped("divide-reversed", "the second input is divided by the first"),)

    def compute(self, step: Step) -> Array:
        """One quotient; division by zero is infinite, as in every tool."""
        left, right = aligned(step.inputs)
        with np.errstate(divide="ignore", invalid="ignore"):
            return left / right
