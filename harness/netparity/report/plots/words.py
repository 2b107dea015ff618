"""Texts that several plots say in the same way."""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 12


def listed(sentences: Sequence[str], most: int = _MOST) -> str:
    """Sentences one after the other; of many, the first, and how many follow."""
    said = "; ".join(sentences[:most])
    left = len(sentences) - most
    return f"{said}; and {left} more, which the tables hold." if left > 0 else f"{said}."
