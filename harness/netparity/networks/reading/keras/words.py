"""Names and values of a file in messages: short, and on one line whatever they hold."""

from __future__ import annotations

from typing import Any

_MOST = 80


def shown(value: Any) -> str:
    """A value as text, without what cannot be printed."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:_MOST])
