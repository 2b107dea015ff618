"""What a terminal of any width is shown."""

from __future__ import annotations

import io

from rich.console import Console

from netparity.report import Document, console


def in_console(document: Document, width: int = 120) -> str:
    file = io.StringIO()
    console.show(document, Console(file=file, width=width))
    return file.getvalue()
