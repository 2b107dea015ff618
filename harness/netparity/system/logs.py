"""The output of other programs, made safe to show."""

from __future__ import annotations

import re
from pathlib import Path

_MOST_BYTES = 8192


def printable(text: str) -> str:
    """The text with control characters replaced, which could control the reader's terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text.replace("\r\n", "\n"))


def log_tail(log: Path, most_lines: int = 15) -> list[str]:
    """The last lines of a log, from its last 8 KiB; none if there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _MOST_BYTES))
            data = file.read()
    except OSError:
        return []
    return printable(data.decode("utf-8", errors="replace")).splitlines()[-most_lines:]
