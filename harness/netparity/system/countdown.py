"""The time that some work will still take, in words that a reader can trust.

Estimates change with every turn. What is shown moves slowly towards them, is rounded to what they
can tell, and does not flicker between two roundings.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_WEIGHT = 0.5
"""Of a new estimate, beside what remains of the earlier ones."""
_TELLING = 1.5
"""An estimate that differs by this factor from what is shown is believed at once."""
_FEW = 12.0
_MINUTE, _HOUR = 60.0, 3600.0


class Countdown:
    """Counts down to the expected end of some work."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end: float | None = None
        self._shown: float | None = None

    def expect(self, seconds: float) -> None:
        """Take in a new estimate of what is left."""
        now = self._clock()
        left = None if self._end is None else self._end - now
        if left is None or not left / _TELLING - _FEW <= seconds <= left * _TELLING + _FEW:
            self._end = now + seconds
        else:
            self._end = now + left + _WEIGHT * (seconds - left)

    def words(self) -> str:
        """What is left, as `about 2 min left`; empty if it is not known, or long over."""
        if self._end is None:
            return ""
        left = self._end - self._clock()
        if left < -_FEW:
            return ""
        step = _step(left)
        rounded = step * round(left / step)
        # It goes up only for a good reason: by more than a step.
        if self._shown is None or rounded < self._shown or left > self._shown + step:
            self._shown = rounded
        return _words(self._shown)


def _step(seconds: float) -> float:
    """What an estimate of this size is rounded to."""
    if seconds < _MINUTE:
        return 10.0
    return _MINUTE if seconds < 20 * _MINUTE else 5 * _MINUTE if seconds < 2 * _HOUR else _HOUR / 2


def _words(seconds: float) -> str:
    if seconds < _FEW:
        return "a few seconds left"
    if seconds < _MINUTE:
        return f"about {seconds:.0f} s left"
    minutes = round(seconds / _MINUTE)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    return f"about {' '.join(parts)} left"
