"""The mistakes that people make with the divisor of a mean."""

from __future__ import annotations

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.base import Array, Known, Mistake, Step
from netparity.networks.ops.window_reads import of_known, of_step


def _count_changes(node: Node, known: Known) -> bool:
    windows = of_known(node, known)
    return not np.array_equal(windows.counts(True), windows.counts(False))


def _divisor_changes(node: Node, known: Known) -> bool:
    """The whole window is neither of the two numbers that tools divide by."""
    windows = of_known(node, known)
    whole = windows.window[0] * windows.window[1]
    return not any(bool((windows.counts(flag) == whole).all()) for flag in (True, False))


def _other_count(step: Step) -> Step:
    return step.with_attributes(count_padding=not step["count_padding"])


def _whole_window(step: Step) -> Step:
    windows = of_step(step)
    share = windows.counts(step["count_padding"]) / (windows.window[0] * windows.window[1])

    def divided(values: Array) -> Array:
        return np.asarray(values * share.astype(values.dtype)[None, :, :, None])

    return step.finished_by(divided)


DIVISORS = (
    Mistake(
        "padding-counted",
        "the padding is counted in the mean where it is not, or not where it is",
        _other_count,
        _count_changes,
        frozenset({"count"}),
    ),
    Mistake(
        "average-divisor",
        "the sum is divided by the size of the window, also where it reaches beyond the padding",
        _whole_window,
        _divisor_changes,
        frozenset({"count", "ceil", "padding"}),
    ),
)
