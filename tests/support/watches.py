"""A watch that remembers what a user would have read."""

from __future__ import annotations

from netparity.watch import SILENT


class Messages(type(SILENT)):
    """Silent, but keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.warnings: list[str] = []

    @property
    def text(self) -> str:
        """All messages, one a line."""
        return "".join(f"{message}\n" for message in self.messages)

    def message(self, text: str) -> None:
        self.messages.append(text)

    def warning(self, text: str) -> None:
        self.warnings.append(text)
