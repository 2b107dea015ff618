"""Parts of sentences: names of runners, lists of them, numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.report.visible import visible

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LONGEST = 60
MOST_NAMED = 3
"""How many runners a sentence names; it counts the others."""


def short(label: str) -> str:
    """A label for use in a sentence: on one line, and cut if it is too long."""
    line = visible(label)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def number(count: int) -> str:
    """A count in words up to nine, in digits above."""
    return _SMALL[count] if count < len(_SMALL) else str(count)


def joined(words: Sequence[str], last: str = "and") -> str:
    """A list in words: a, b and c."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def joined_some(words: Sequence[str], last: str = "and") -> str:
    """The same, with what exceeds `MOST_NAMED` counted: a, b and five others."""
    if len(words) > MOST_NAMED:
        left = number(len(words) - MOST_NAMED + 1)
        words = [*words[: MOST_NAMED - 1], f"{left} others"]
    return joined(words, last)
