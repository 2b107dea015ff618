"""How wide the terminal is, for what draws tables and lines."""

from __future__ import annotations

import os

_LEAST, _USUAL = 20, 80


def console_width() -> int | None:
    """The width for `rich`, in columns; None leaves it to `rich`.

    Some programs set COLUMNS to 0 where they do not know the width; `rich` would print nothing.
    """
    columns = os.environ.get("COLUMNS", "")
    return _USUAL if columns.isdecimal() and int(columns) < _LEAST else None
