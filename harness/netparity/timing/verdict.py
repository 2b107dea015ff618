"""The word for a comparison, from its interval alone."""

from __future__ import annotations

from typing import Literal

from netparity.timing.estimate import Interval

Word = Literal["faster", "slower", "same", "no difference shown", "inconclusive"]

SAME_WITHIN = 0.05
"""By default, the largest relative difference with which two tools still count as the same."""


def word(interval: Interval | None, same_within: float = SAME_WITHIN) -> Word:
    """What the interval of a ratio shows.

    `faster` and `slower` if it excludes 1. Otherwise `same` if every ratio in it differs from 1 by
    at most `same_within`: both one-sided tests of a larger difference are then significant (D.
    Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987). Otherwise
    `no difference shown`; without an interval `inconclusive`.
    """
    if interval is None:
        return "inconclusive"
    if interval.high < 1:
        return "faster"
    if interval.low > 1:
        return "slower"
    bound = largest_difference(interval)
    return "same" if bound is not None and bound <= same_within else "no difference shown"


def largest_difference(interval: Interval | None) -> float | None:
    """The largest relative difference from 1 in the interval, in either direction.

    Half the seconds and twice the seconds are the same difference, 1.0. None without an interval.
    """
    if interval is None or interval.low <= 0:
        return None
    return max(interval.high, 1 / interval.low) - 1
