"""What Ctrl-C, SIGTERM and SIGHUP do to a command: stop the work, so that what was done is kept."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False  # typing takes as long to import as all else here
if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from types import FrameType
    from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_SECONDS = 0.05

received: list[int] = []
"""The numbers of the signals so far; what fails after one has failed because of it."""

sent_again: list[int] = []
"""Those of them that this program sends itself: nobody has pressed Ctrl-C twice."""


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """The handler of these signals.

    Raises:
        KeyboardInterrupt: always.
    """
    if number not in received:
        received.append(number)
    raise KeyboardInterrupt


def send_again(unraisable: UnraisableHookArgs) -> None:
    """For `sys.unraisablehook`: a signal that came while an object was removed is sent once more.

    Python cannot raise the interrupt there, so that it would be lost.
    """
    if unraisable.exc_type is not KeyboardInterrupt or not received:
        sys.__unraisablehook__(unraisable)
        return
    from threading import Timer

    sent_again.append(received[-1])
    timer = Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), received[-1]))
    timer.daemon = True
    timer.start()


def exit_code() -> int:
    """That of a program that a signal has ended: 128 and the signal's number."""
    return 128 + (received[0] if received else signal.SIGINT)


def words() -> str:
    """What has ended the program."""
    by = signal.Signals(exit_code() - 128)
    return "interrupted" if by == signal.SIGINT else f"ended by {by.name}"
