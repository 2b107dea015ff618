"""Addition."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array, Step
from netparity.networks.ops.broadcasting import Broadcasting, aligned, can_overwrite, left_out


class Add(Broadcasting):
    """`add`: the sum of two or more inputs."""

    key = "add"
    title = "addition"
    mistakes = left_out("sum", 0.0)

    def compute(self, step: Step) -> Array:
        """From the first input to the last."""
        terms = aligned(step.inputs)
        if can_overwrite(step, terms):
            total = terms[0]
            for term in terms[1:]:
                total += term
            return total
        total = terms[0] + terms[1]
        for term in terms[2:]:
            total = total + term
        return np.asarray(total)

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """The sum of the magnitudes."""
        total = abs(aligned(step.inputs)[0])
        for term in aligned(step.inputs)[1:]:
            total = total + abs(term)
        return len(step.inputs), total
