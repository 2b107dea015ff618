"""Which format and which columns a reader asked for."""

from __future__ import annotations

from pathlib import PurePath

from netparity.report import format_of, refuse_other_suffix

CONSOLE = "console"
"""Not a format of files: what a terminal shows."""


def chosen_format(name: str | None, output: PurePath | None) -> str:
    """Return the format named, or else the one that the file's name asks for, or `CONSOLE`.

    Raises:
        UsageError: if the two disagree, or the file's name alone does not tell.
    """
    if name is None:
        return format_of(output) if output is not None else CONSOLE
    if output is not None:
        refuse_other_suffix(output, name)
    return name


def column_names(text: str | None) -> tuple[str, ...] | None:
    """Return the names between the commas; None for the usual columns."""
    if text is None:
        return None
    return tuple(name.strip() for name in text.split(",") if name.strip())
