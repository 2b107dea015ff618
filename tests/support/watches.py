"""A watch that remembers what a user would have read."""

from __future__ import annotations

from netparity.watch import SILENT


class Messages(type(SILENT)):
    """Silent, but keeps every message; `text` holds them all, one a line."""

    def __init__(self) -> None:
        self.text = ""

    def message(self, text: str) -> None:
        self.text += f"{text}\n"
