"""SIGTERM and SIGINT for engine_host.py: noted when they come, raised only where it waits.

Raised at any other place, they could come between MATLAB's start and the note that it has started,
or cut its end short, and leave a MATLAB behind.
"""

import signal
import time
from types import FrameType

_caught = []  # type: list[int]


class Stopped(BaseException):
    """A signal asked this program to end. No Exception, so that no handler swallows it."""

    kind = "Stopped"
    where = ""

    def __init__(self, number: int) -> None:
        name = signal.Signals(number).name
        super().__init__(
            f"ended by {name}: the time allowed for the process was up (--timeout), or someone "
            "ended the run"
        )
        self.number = number


def listen() -> None:
    """Note signals from now on."""
    signal.signal(signal.SIGTERM, _note)
    signal.signal(signal.SIGINT, _note)


def stopped() -> "Stopped | None":
    """Return the first signal that has come, if any has."""
    return Stopped(_caught[0]) if _caught else None


def pause(seconds: float) -> None:
    """Sleep. Raise Stopped if a signal has come by then."""
    if not _caught:
        time.sleep(seconds)
    if _caught:
        raise Stopped(_caught[0])


def _note(number: int, frame: "FrameType | None") -> None:
    _caught.append(number)
