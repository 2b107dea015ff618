"""Where progress is shown: a cell of a notebook, a terminal, or a file of lines."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from html import escape
from importlib import import_module
from typing import Any, Protocol, TextIO

from netparity.report.visible import visible


def in_notebook() -> bool:
    """Whether this program is the kernel of a notebook; IPython in a terminal is not."""
    ipython = sys.modules.get("IPython")  # what has not been imported shows no notebook
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class Screen(Protocol):
    """What shows one line that changes."""

    def show(self, title: str, share: float | None, note: str) -> None:
        """Replace the line.

        Args:
            title: what is being done.
            share: the part that is done, from 0 to 1; None if that is unknown.
            note: which step of it, in a few words; may be empty.
        """

    def keep(self, text: str) -> None:
        """Show a sentence that stays, where sentences can stay without being in the way."""

    def close(self, last: Sequence[str]) -> None:
        """Remove the line; show these sentences in its place."""


class Notebook:
    """One display of a cell, which is updated, so that a stored notebook holds it only once.

    It needs neither widgets nor scripts. `rich` would leave an output for every line.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, title: str, share: float | None, note: str) -> None:
        """Replace what the cell shows."""
        bar = "" if share is None else f' value="{share:.3f}"'
        html = f"<progress{bar}></progress> {escape(visible(_words(title, share, note)))}"
        self._display(_words(title, share, note), f'<div class="tex2jax_ignore">{html}</div>')

    def keep(self, text: str) -> None:
        """Nothing: a cell with many lines would be in the way of its result."""

    def close(self, last: Sequence[str]) -> None:
        """Leave the sentences, or an empty output."""
        if last or self._handle is not None:
            lines = "<br>".join(escape(visible(line)) for line in last)
            self._display("\n".join(last), lines)

    def _display(self, text: str, html: str) -> None:
        bundle = {"text/plain": text, "text/html": html}
        if self._handle is None:
            display = import_module("IPython.display").display
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


class Terminal:
    """The last line of a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, title: str, share: float | None, note: str) -> None:
        """Replace the line, cut to the terminal's width."""
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\r{visible(_words(title, share, note))[:width]}\x1b[K")

    def keep(self, text: str) -> None:
        """A line above it."""
        self._write(f"\r{visible(text)}\x1b[K\n")

    def close(self, last: Sequence[str]) -> None:
        """Erase the line; what was kept stands above it."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Lines:
    """A file or a pipe: a line for every step that has a name."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = ""

    def show(self, title: str, share: float | None, note: str) -> None:
        """A line if the step is another one."""
        if (step := _words(title, None, note)) != self._last:
            self._last = step
            self.keep(step)

    def keep(self, text: str) -> None:
        """A line."""
        print(visible(text), file=self._stream, flush=True)

    def close(self, last: Sequence[str]) -> None:
        """Nothing: the lines stay."""


def _words(title: str, share: float | None, note: str) -> str:
    """Title, share and note in one line."""
    done = "" if share is None else f" {100 * share:.0f} %"
    return f"{title}{done}{': ' + note if note else ''}"
