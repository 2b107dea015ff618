"""A thread that answers a signal at once and sees that the program ends soon after it.

Python runs a signal's handler only between two instructions of the main thread, which may be in
the middle of a call of NumPy that takes seconds. This thread is woken by the kernel.
"""

from __future__ import annotations

import _thread
import os
import select
import signal
import sys
import time
from contextlib import suppress

from netparity.commands.stopping import SIGNALS, exit_code, received, sent_again, words

TYPE_CHECKING = False  # typing takes as long to import as all else here
if TYPE_CHECKING:
    from typing import NoReturn

SECONDS = 1.5
"""From the first signal to the end at the latest; extractors end within moments of it."""
_AT_ONCE = "stopping; press Ctrl-C again to quit at once"
_SHOW_CURSOR = b"\x1b[?25h"


def begin() -> None:
    """Watch over the signals from now on."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    _thread.start_new_thread(_guard, (reader,))


def _guard(reader: int) -> None:
    first = _next(reader, None)
    assert first is not None
    deadline = time.monotonic() + SECONDS
    if first not in received:
        received.append(first)  # what fails from now on has failed because of it
    say(_AT_ONCE)
    _next(reader, deadline)
    quit_now()


def _next(reader: int, deadline: float | None) -> int | None:
    """The next of the signals that end the program; None at the deadline."""
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([reader], [], [], left)[0]:
            return None
        number = os.read(reader, 1)[0]
        if deadline is not None and number in sent_again:
            sent_again.remove(number)
        elif number in SIGNALS:
            return number


def quit_now() -> NoReturn:
    """End the program wherever it is; what it has started is ended by the watching processes."""
    # What has not been imported has nothing to say and nothing to remove.
    kept = sys.modules.get("netparity.system.kept")
    unfinished = sys.modules.get("netparity.system.unfinished")
    try:
        for sentence in kept.all_kept() if kept is not None else ():
            say(sentence)
        if unfinished is not None:
            unfinished.remove_all()
        say(f"netparity: {words()}")
    finally:
        os._exit(exit_code())


def say(text: str) -> None:
    """Print a line, also while a progress bar is drawn."""
    line = f"{text}\n".encode()
    with suppress(OSError):  # the terminal may be gone
        # A bar hides the cursor, and ends without a newline.
        os.write(2, b"\r\x1b[K" + _SHOW_CURSOR + line if os.isatty(2) else line)
