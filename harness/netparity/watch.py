"""How long work tells whoever is looking what it is doing.

The library never prints. It calls a `Watch`; the command line passes one that draws progress
bars, everything else uses `SILENT`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Task(Protocol):
    """A piece of work under way."""

    def advance(self, amount: float = 1) -> None:
        """Say that `amount` of the total is done."""

    def note(self, text: str) -> None:
        """Say what is happening now, in a few words."""


class Watch(Protocol):
    """Receives the progress of everything that may take more than a second."""

    def task(self, title: str, total: float | None = None) -> AbstractContextManager[Task]:
        """Begin a piece of work; `total` is None where its length is not known."""

    def message(self, text: str) -> None:
        """Tell the user one thing that stays visible."""

    def warning(self, text: str) -> None:
        """Tell the user one thing that may spoil the result."""

    def detail(self, text: str) -> None:
        """Tell a user who asked for `--verbose`."""


class _SilentTask:
    def advance(self, amount: float = 1) -> None:
        pass

    def note(self, text: str) -> None:
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
