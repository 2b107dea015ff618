"""What other programs print, made fit to be shown."""

from __future__ import annotations

import re
from pathlib import Path

_MOST_BYTES = 8192


def printable(text: str) -> str:
    """Without the control characters that would steer the terminal of whoever reads it."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text.replace("\r\n", "\n"))


def log_tail(log: Path, most_lines: int = 15) -> list[str]:
    """The last lines of a log, of a huge one only its last 8 KiB; none if there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _MOST_BYTES))
            data = file.read()
    except OSError:
        return []
    return printable(data.decode("utf-8", errors="replace")).splitlines()[-most_lines:]
