"""SIGTERM and SIGINT for engine_host.py: recorded when they arrive, raised only where it waits.

Raised anywhere else, they could interrupt the start or the end of MATLAB and leave it running.
"""

import signal
import time
from types import FrameType

_caught = []  # type: list[int]


class Stopped(BaseException):
    """A signal asked this program to end. Not an Exception, so that no handler swallows it."""

    kind = "Stopped"
    where = ""

    def __init__(self, number: int) -> None:
        name = signal.Signals(number).name
        super().__init__(
            f"ended by {name}: the process exceeded its time limit (--timeout), or the run was "
            "interrupted"
        )
        self.number = number


def listen() -> None:
    """Record signals from now on."""
    signal.signal(signal.SIGTERM, _note)
    signal.signal(signal.SIGINT, _note)


def stopped() -> "Stopped | None":
    """Return the first signal that has arrived, if any."""
    return Stopped(_caught[0]) if _caught else None


def pause(seconds: float) -> None:
    """Sleep. Raise Stopped if a signal has arrived before or meanwhile."""
    if not _caught:
        time.sleep(seconds)
    if _caught:
        raise Stopped(_caught[0])


def _note(number: int, frame: "FrameType | None") -> None:
    _caught.append(number)
