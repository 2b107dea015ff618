"""A watch that remembers what a user would have read."""

from __future__ import annotations

from netparity.watch import SILENT


class Messages(type(SILENT)):
    """Silent, but keeps what it is given; `text` holds all messages, one a line."""

    def __init__(self) -> None:
        self.text = ""
        self.warnings: list[str] = []

    def message(self, text: str) -> None:
        self.text += f"{text}\n"

    def warning(self, text: str) -> None:
        self.warnings.append(text)
