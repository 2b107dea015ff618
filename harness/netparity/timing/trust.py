"""How far a machine's timings can be trusted, from a tool that was compared with itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netparity.timing.comparison import compare_logs, least_difference
from netparity.timing.nodes import Floats

ROUNDS = 5
"""Rounds of each run: as many as a comparison has by default."""
DELAY = 0.10


@dataclass(frozen=True)
class Trust:
    """What runs of a tool against itself showed.

    Attributes:
        runs: how many runs of `ROUNDS` rounds.
        called_different: runs in which the tool was called faster or slower than itself.
        found: runs in which the tool with the planted delay was called slower.
        least_difference: smallest relative difference that a run can show, with a probability of
            80 %, in a table of so many rows.
    """

    runs: int
    called_different: int
    found: int
    least_difference: float


def trust(logs: Floats, rows: int) -> Trust | None:
    """Cut the rounds into runs, and judge each of them as a comparison of two runners.

    A delay is planted by adding it to the measured ratios: a tool that really waits computes faster
    afterwards.

    Args:
        logs: logarithms of the ratio of the tool's seconds to its own, one per round, in order.
        rows: rows of the tables whose smallest difference is wanted.

    Returns:
        None if there are not even enough rounds for one run.
    """
    runs = len(logs) // ROUNDS
    if runs == 0:
        return None
    cut = logs[: runs * ROUNDS].reshape(runs, ROUNDS)
    same = [compare_logs(run, 1).word for run in cut]
    delayed = [compare_logs(run + math.log1p(DELAY), 1).word for run in cut]
    return Trust(
        runs=runs,
        called_different=sum(word in ("faster", "slower") for word in same),
        found=delayed.count("slower"),
        least_difference=_typical_least_difference(cut, rows),
    )


def _typical_least_difference(runs: Floats, rows: int) -> float:
    """That of a run whose rounds vary as they do within these runs on average.

    Args:
        runs: runs x rounds.
    """
    deviation = math.sqrt(float(np.mean(runs.var(axis=1, ddof=1))))
    standard = np.linspace(-1, 1, runs.shape[1])
    typical = standard * deviation / standard.std(ddof=1)
    least = least_difference(typical, rows - 1)
    assert least is not None, "a run has several rounds"
    return least
