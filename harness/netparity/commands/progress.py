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
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from netparity.watch import Task


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def advance(self, amount: float = 1) -> None:
        self._progress.advance(self._task, amount)

    def note(self, text: str) -> None:
        self._progress.update(self._task, note=text)


class _Lines:
    """For a log file: a line when something new begins, none for every step."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def advance(self, amount: float = 1) -> None:
        pass

    def note(self, text: str) -> None:
        self._console.print(Text(f"  {text}"))


class RichWatch:
    """A `netparity.watch.Watch` for people; writes to standard error."""

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._console = Console(stderr=True)
        # Plain text columns: a runner's name has square brackets.
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
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
        begun = time.monotonic()
        if self._console.is_terminal:
            identifier = self._progress.add_task(title, total=total, note="")
            try:
                yield _Bar(self._progress, identifier)
            finally:
                self._progress.remove_task(identifier)
        else:
            self._console.print(Text(f"{title} ..."))
            yield _Lines(self._console)
        if (seconds := time.monotonic() - begun) > 1 or self._verbose:
            self._console.print(Text(f"{title}: {seconds:.1f} s", style="dim"))

    def message(self, text: str) -> None:
        """A line that stays."""
        self._console.print(Text(text), soft_wrap=True)

    def warning(self, text: str) -> None:
        """A coloured line that stays."""
        self._console.print(Text(text, style="yellow"), soft_wrap=True)

    def detail(self, text: str) -> None:
        """A line for `--verbose` alone."""
        if self._verbose:
            self._console.print(Text(text, style="dim"), soft_wrap=True)
