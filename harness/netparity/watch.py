"""Progress reports of long-running work.

The library never prints. It reports to a `Watch`: the command line passes one that draws progress
bars; the default is `SILENT`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Task(Protocol):
    """A piece of work in progress."""

    def advance(self, amount: float = 1) -> None:
        """Report that another `amount` of the total is done."""

    def note(self, text: str) -> None:
        """Show in a few words what is being done now."""

    def flash(self, text: str) -> None:
        """The same for what changes many times a second: shown only where it leaves no line."""

    def expect(self, seconds: float) -> None:
        """Say how many seconds this work will still take, as far as that is known now."""


class Watch(Protocol):
    """Receives progress, messages and warnings."""

    def task(self, title: str, total: float | None = None) -> AbstractContextManager[Task]:
        """Begin a piece of work; `total` is None if its length is unknown."""

    def message(self, text: str) -> None:
        """Show a message that stays visible."""

    def warning(self, text: str) -> None:
        """Show a warning: something that may affect the result."""

    def detail(self, text: str) -> None:
        """Show a detail, only with `--verbose`."""


class _SilentTask:
    def advance(self, amount: float = 1) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def flash(self, text: str) -> None:
        pass

    def expect(self, seconds: float) -> None:
        pass


class _SilentWatch:
    def task(self, title: str, total: float | None = None) -> AbstractContextManager[Task]:
        return nullcontext(_SilentTask())

    def message(self, text: str) -> None:
        pass

    def warning(self, text: str) -> None:
        pass

    def detail(self, text: str) -> None:
        pass


SILENT: Watch = _SilentWatch()
