"""Progress in notebooks and programs: one line that changes, and is gone at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from netparity.api.screens import Lines, Notebook, Screen, Terminal, in_notebook
from netparity.system.countdown import Countdown
from netparity.watch import SILENT, Task, Watch

Progress = bool | Watch | None
"""Whether progress is shown: None in a notebook and on a terminal, but not in a pipe or a file;
True everywhere, as lines where nothing can change; or a `netparity.watch.Watch` that receives it.
"""

_SECONDS_BETWEEN_UPDATES = 0.25


@contextmanager
def watching(progress: Progress) -> Iterator[Watch]:
    """What receives the progress of one call.

    At its end the line is removed. If the call is interrupted or fails, the messages stay, since
    they say what was kept and how to go on.
    """
    if progress is not None and not isinstance(progress, bool):
        yield progress
        return
    screen = _screen(progress)
    if screen is None:
        yield SILENT
        return
    watch = OneLine(screen)
    try:
        yield watch
    except BaseException:
        screen.close(watch.messages)
        raise
    screen.close([])


def _screen(progress: bool | None) -> Screen | None:
    """Where progress is shown; None for nowhere."""
    if progress is False:
        return None
    if in_notebook():
        return Notebook()
    if sys.stderr is not None and sys.stderr.isatty():
        return Terminal(sys.stderr)
    return Lines(sys.stderr) if progress else None


@dataclass
class _Task:
    """A piece of work of which the innermost is shown."""

    watch: OneLine
    title: str
    total: float | None
    done: float = 0.0
    noted: str = ""
    countdown: Countdown = field(default_factory=Countdown)

    def advance(self, amount: float = 1) -> None:
        self.done += amount
        self.watch.show(hurried=False)

    def note(self, text: str) -> None:
        self.noted = text
        self.watch.show()

    def flash(self, text: str) -> None:
        self.noted = text
        self.watch.show(hurried=False)

    def expect(self, seconds: float) -> None:
        self.countdown.expect(seconds)
        self.watch.show(hurried=False)

    @property
    def words(self) -> str:
        """The step, and how long all of it will still take where that is known."""
        return ", ".join(filter(None, [self.noted, self.countdown.words()]))

    @property
    def share(self) -> float | None:
        """The part that is done, from 0 to 1; None if the length is unknown."""
        return min(1.0, self.done / self.total) if self.total else None


class OneLine:
    """A `netparity.watch.Watch` that shows what is being done now.

    Attributes:
        messages: all that it was told to keep visible.
    """

    def __init__(self, screen: Screen) -> None:
        self.messages: list[str] = []
        self._screen = screen
        self._tasks: list[_Task] = []
        self._shown = -_SECONDS_BETWEEN_UPDATES

    @contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Task]:
        """Show a piece of work until it ends."""
        task = _Task(self, title, total)
        self._tasks.append(task)
        self.show()
        try:
            yield task
        finally:
            self._tasks.remove(task)
            self.show(hurried=False)

    def show(self, hurried: bool = True) -> None:
        """Show the innermost task.

        Args:
            hurried: whether to show it even if the line has just changed.
        """
        now = time.monotonic()
        if self._tasks and (hurried or now - self._shown >= _SECONDS_BETWEEN_UPDATES):
            self._shown = now
            task = self._tasks[-1]
            self._screen.show(task.title, task.share, task.words)

    def message(self, text: str) -> None:
        """Keep a sentence for the case that the work is cut short."""
        self.messages.append(text)
        self._screen.keep(text)

    def warning(self, text: str) -> None:
        """The same; the results hold their warnings themselves."""
        self.message(text)

    def detail(self, text: str) -> None:
        """Show nothing: details are for `--verbose`."""
