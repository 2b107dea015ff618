"""How long the rounds will still take, told to whoever watches while they go on."""

from __future__ import annotations

from collections.abc import Callable

from netparity.timing.remaining import Pace, seconds_left
from netparity.timing.schedule import Schedule
from netparity.watch import Task


class Outlook:
    """Follows the rounds of a comparison and says after every change what is left.

    Attributes:
        left: seconds until the last round ends, as said last; None if that is not known yet.
    """

    def __init__(
        self,
        task: Task,
        schedule: Schedule,
        recalled: float | None,
        clock: Callable[[], float],
        also: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """Begin before the first round.

        Args:
            recalled: seconds of a round of an earlier run like this one.
            clock: in seconds.
            also: is told the seconds that are left, whenever they are known anew.
        """
        self._task, self._schedule, self._clock, self._also = task, schedule, clock, also
        self._recalled = recalled
        self._rounds: list[float] = []
        self._begun: float | None = None
        self._width: float | None = None
        self.left: float | None = None

    def begin_round(self, width: float | None) -> None:
        """A round begins, and with it the one before has ended; `width` is the widest interval."""
        now = self._clock()
        if self._begun is not None:
            self._rounds.append(now - self._begun)
        self._begun, self._width = now, width
        self._say(None)

    def expect_round(self, seconds: float) -> None:
        """The round that has begun will still take so many seconds."""
        self._say(seconds)

    def process_ended(self, place: int, processes: int) -> None:
        """So many of the processes of a round have ended; they run one after the other."""
        if not self._rounds and self._begun is not None:
            self._say((self._clock() - self._begun) * (processes - place) / place)

    def _say(self, current_left: float | None) -> None:
        current = self._clock() - self._begun if self._begun is not None else 0.0
        pace = Pace(self._rounds, current, current_left, self._recalled)
        self.left = seconds_left(self._schedule, pace, self._width)
        if self.left is not None:
            self._task.expect(self.left)
            self._also(self.left)
