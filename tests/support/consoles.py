"""What a terminal of any width is shown."""

from __future__ import annotations

import io

from rich.console import Console

from netparity.report import Document, console


def in_console(document: Document, width: int = 120, verbose: bool = True) -> str:
    """What is shown where the output is not a terminal."""
    file = io.StringIO()
    console.show(document, Console(file=file, width=width), verbose)
    return file.getvalue()


def in_terminal(document: Document, width: int) -> str:
    """The first screen of a terminal without colours."""
    file = io.StringIO()
    terminal = Console(file=file, width=width, force_terminal=True, color_system=None)
    console.show(document, terminal, verbose=False)
    return file.getvalue()
