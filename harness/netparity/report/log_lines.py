"""Lines of a tool's log: its spaces as they are, with nothing in them that is not seen."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.report.visible import visible


def log_lines(lines: Sequence[str]) -> list[str]:
    """Each on one line, its indentation kept; what would move a terminal's cursor is named."""
    return ["".join(map(_shown, line.expandtabs())).rstrip() for line in lines]


def _shown(character: str) -> str:
    return " " if character.isspace() else visible(character)
