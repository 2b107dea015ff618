"""How much time is left, and how long a computation will take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Clock = Callable[[], float]
"""Seconds since some moment."""

_SLOWEST = 5e-11
"""Seconds per unit of work before anything was measured: one slow core."""

_SHORTEST_SECONDS = 0.05
"""Shorter computations say little about the next one."""

_NEWEST = 0.5
"""Weight of the newest measurement: a machine may become busier."""


class TimeLimit:
    """A number of seconds from now on.

    Args:
        seconds: infinite by default.
        clock: what measures them.
    """

    def __init__(self, seconds: float = math.inf, clock: Clock = time.monotonic) -> None:
        self.seconds, self.clock = seconds, clock
        self._end = clock() + seconds

    def __call__(self) -> bool:
        """Whether the time is up."""
        return self.left <= 0

    def at_least(self, part: float) -> TimeLimit:
        """The same limit, or a later one so that this part of the seconds is left."""
        return TimeLimit(max(self.left, part * self.seconds), self.clock)

    @property
    def left(self) -> float:
        """Seconds that are left; negative afterwards."""
        return self._end - self.clock()


class Pace:
    """Seconds per unit of work, learnt from the computations so far.

    Attributes:
        limit: when the time is up.
    """

    def __init__(self, over: Callable[[], bool]) -> None:
        self.limit = over if isinstance(over, TimeLimit) else _Told(over)
        self._rates: dict[Any, float] = {}

    def seconds(self, work: float, kind: Any = None) -> float:
        """How long so much work will take.

        Args:
            kind: what is computed alike, such as a precision.
        """
        return work * self._rates.get(kind, _SLOWEST)

    def fits(self, seconds: float) -> bool:
        """Whether so many seconds are left."""
        return seconds < self.limit.left

    @contextmanager
    def measured(self, work: float, kind: Any = None) -> Iterator[None]:
        """Learn from the work that is done inside."""
        begun = self.limit.clock()
        yield
        seconds = self.limit.clock() - begun
        if work > 0 and seconds >= _SHORTEST_SECONDS:
            before = self._rates.get(kind, seconds / work)
            self._rates[kind] = before + _NEWEST * (seconds / work - before)


class _Told(TimeLimit):
    """The time is up when a function says so."""

    def __init__(self, over: Callable[[], bool]) -> None:
        super().__init__()
        self._over = over

    @property
    def left(self) -> float:
        return 0.0 if self._over() else math.inf
