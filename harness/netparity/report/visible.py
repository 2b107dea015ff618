"""Text of strangers on one line, with nothing in it that is not seen."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""Zero-width, but part of how several scripts are written."""


def visible(text: str) -> str:
    """The text with its white space folded and its invisible characters named, as [U+202E].

    Among these are the controls of direction, which would turn the text around them.
    """
    return "".join(_shown(character) for character in " ".join(text.split()))


def _shown(character: str) -> str:
    hidden = unicodedata.category(character)[0] == "C" and character not in _JOINERS
    return f"[U+{ord(character):04X}]" if hidden else character
