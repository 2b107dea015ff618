"""How fast some work goes, from what it reports, and so when it will end."""

from __future__ import annotations

import time
from collections.abc import Callable

from netparity.system.countdown import Countdown

_EARLIER_SECONDS = 0.5
"""What advances so soon was done in an earlier run, and says nothing of how fast this one is."""
_SURE_SECONDS = 3.0
"""A pace that was seen for a shorter time says too little."""


class Pace:
    """What is left of some work: as it says itself, or else from how far it is.

    Attributes:
        countdown: counts down to its end.
    """

    def __init__(self, total: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.countdown = Countdown(clock)
        self._clock, self._begun = clock, clock()
        self._total, self._done, self._earlier = total, 0.0, 0.0
        self._told = False

    def advance(self, amount: float) -> None:
        """So much more of the total is done."""
        passed = self._clock() - self._begun
        self._done += amount
        if passed < _EARLIER_SECONDS:
            self._earlier = self._done
        done = self._done - self._earlier
        if self._total is not None and not self._told and passed > _SURE_SECONDS and done > 0:
            self.countdown.expect(passed * (self._total - self._done) / done)

    def expect(self, seconds: float) -> None:
        """The work itself says how long it will still take."""
        self._told = True
        self.countdown.expect(seconds)
