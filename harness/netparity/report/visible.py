"""Untrusted text without invisible or control characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_JOINERS = "\u200c\u200d"
"""Zero-width characters that several scripts need."""


def visible(text: str) -> str:
    """The text on one line, with invisible characters named, such as [U+202E].

    These include the bidirectional controls, which would reorder the text around them.
    """
    return "".join(_shown(character) for character in " ".join(text.split()))


def log_lines(lines: Sequence[str]) -> list[str]:
    """Lines of a log with their indentation, and with what would move the cursor named."""
    return [
        "".join(" " if c.isspace() else visible(c) for c in line.expandtabs()).rstrip()
        for line in lines
    ]


def _shown(character: str) -> str:
    hidden = unicodedata.category(character)[0] == "C" and character not in _JOINERS
    return f"[U+{ord(character):04X}]" if hidden else character
