"""Progress bars in a terminal; plain lines where standard error is not one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Task as RichTask
from rich.table import Column
from rich.text import Text

from netparity.commands.own_command import as_typed_here
from netparity.commands.pace import Pace
from netparity.commands.width import console_width
from netparity.watch import Task

_BETWEEN_LINES_SECONDS = 30.0
"""At least, in a log file: a comparison has a thousand rounds if they are short."""


class _TimeLeft(ProgressColumn):
    """The words of the task's countdown."""

    def render(self, task: RichTask) -> Text:
        return Text(task.fields["pace"].countdown.words())


class _Bar:
    def __init__(self, progress: Progress, task: TaskID, pace: Pace) -> None:
        self._progress, self._task, self._pace = progress, task, pace

    def advance(self, amount: float = 1) -> None:
        self._pace.advance(amount)
        self._progress.advance(self._task, amount)

    def expect(self, seconds: float) -> None:
        self._pace.expect(seconds)

    def note(self, text: str) -> None:
        self._progress.update(self._task, note=text)

    def flash(self, text: str) -> None:
        self._progress.update(self._task, note=text)


class _Lines:
    """For a log file: now and then a line with what is being done, none for every step."""

    def __init__(self, console: Console, pace: Pace) -> None:
        self._console, self._pace = console, pace
        self._printed: float | None = None

    def advance(self, amount: float = 1) -> None:
        self._pace.advance(amount)

    def expect(self, seconds: float) -> None:
        self._pace.expect(seconds)

    def note(self, text: str) -> None:
        now = time.monotonic()
        if self._printed is not None and now - self._printed < _BETWEEN_LINES_SECONDS:
            return
        self._printed = now
        left = self._pace.countdown.words()
        self._console.print(Text(f"  {text}, {left}" if left else f"  {text}"))

    def flash(self, text: str) -> None:
        pass


class RichWatch:
    """A `netparity.watch.Watch` for people; writes to standard error."""

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._console = Console(stderr=True, width=console_width())
        # Plain text columns: a runner's name has square brackets.
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=min(24, max(6, self._console.width - 60))),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            _TimeLeft(Column(no_wrap=True)),
            TextColumn(
                "{task.fields[note]}",
                markup=False,
                table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            ),
            expand=True,
            console=self._console,
            transient=True,
        )

    def __enter__(self) -> RichWatch:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:  # stopping what never started prints an empty line
            self._progress.stop()

    @contextmanager
    def task(self, title: str, total: float | None = None) -> Iterator[Task]:
        """A bar that goes when the work ends; a line stays if it took more than a second."""
        begun, pace = time.monotonic(), Pace(total)
        if self._console.is_terminal:
            identifier = self._progress.add_task(title, total=total, note="", pace=pace)
            try:
                yield _Bar(self._progress, identifier, pace)
            finally:
                self._progress.remove_task(identifier)
        else:
            self._console.print(Text(f"{title} ..."))
            yield _Lines(self._console, pace)
        if (seconds := time.monotonic() - begun) > 1 or self._verbose:
            self._console.print(Text(f"{title}: {seconds:.1f} s", style="dim"))

    def message(self, text: str) -> None:
        """A line that stays."""
        self._console.print(Text(as_typed_here(text)), soft_wrap=True)

    def warning(self, text: str) -> None:
        """A coloured line that stays."""
        self._console.print(Text(as_typed_here(text), style="yellow"), soft_wrap=True)

    def detail(self, text: str) -> None:
        """A line for `--verbose` alone."""
        if self._verbose:
            self._console.print(Text(as_typed_here(text), style="dim"), soft_wrap=True)
