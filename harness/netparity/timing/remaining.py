"""How long the rounds of a comparison will still take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from netparity.timing.schedule import MOST_ROUNDS, Schedule


@dataclass(frozen=True)
class Pace:
    """What is known of the rounds so far; seconds.

    Attributes:
        rounds: of each round that has ended.
        current: since the current round began.
        current_left: of the current round, from its turns; None if they are not planned yet.
        recalled: of a round of an earlier run like this one; None if there was none.
    """

    rounds: Sequence[float] = ()
    current: float = 0.0
    current_left: float | None = None
    recalled: float | None = None

    @property
    def round_seconds(self) -> float | None:
        """Of a round yet to come. The first round fills caches, so later ones say more."""
        if self.rounds:
            return median(self.rounds[1:] or self.rounds)
        if self.current_left is not None:
            return self.current + self.current_left
        return self.recalled


def seconds_left(schedule: Schedule, pace: Pace, half_width: float | None) -> float | None:
    """Seconds until the last round ends; None if nothing is known of a round yet.

    Args:
        schedule: when the rounds end.
        half_width: of the widest interval after the rounds that have ended, as in `Schedule`.
    """
    each = pace.round_seconds
    if each is None:
        return None
    left = pace.current_left
    if left is None:
        left = max(0.0, each - pace.current)
    begun = len(pace.rounds) + 1
    elapsed = sum(pace.rounds)
    return left + each * max(0, _rounds(schedule, begun, elapsed, each, half_width) - begun)


def _rounds(
    schedule: Schedule, begun: int, elapsed: float, each: float, half_width: float | None
) -> int:
    """The number of rounds in all, at least those that have begun."""
    rounds = schedule.least
    ended = begun - 1
    if schedule.precision is not None and half_width is not None:
        # A half-width shrinks with the square root of the number of rounds.
        needed = math.ceil(ended * (half_width / schedule.precision) ** 2)
        rounds = min(max(rounds, needed), MOST_ROUNDS)
    if schedule.budget_seconds is not None:
        more = int((schedule.budget_seconds - elapsed) / each) if each > 0 else MOST_ROUNDS
        rounds = min(rounds, ended + max(0, more))
    return max(begun, rounds)
