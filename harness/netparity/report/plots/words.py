"""Text that several plots share."""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 12


def listed(sentences: Sequence[str], most: int = _MOST) -> str:
    """Sentences joined by semicolons; if there are too many, the first, and how many are left."""
    text = "; ".join(sentences[:most])
    left = len(sentences) - most
    return f"{text}; and {left} more, see the tables." if left > 0 else f"{text}."
