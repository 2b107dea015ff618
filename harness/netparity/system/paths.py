"""Paths as users give them."""

from __future__ import annotations

from pathlib import Path

from netparity.errors import InputError


def usable_path(path: Path, what: str) -> Path:
    """The path with `~` expanded, if the system accepts it as a path.

    A name that is not UTF-8 is refused, because job files are JSON and cannot hold it.

    Raises:
        InputError: if it cannot be a path; `what` names it in the message.
    """
    shown = ascii(str(path))
    try:
        str(path).encode("utf-8")
        expanded = path.expanduser()
        expanded.exists()
    except UnicodeEncodeError:
        raise InputError(f"{what} {shown}: the name is not UTF-8; rename it") from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{what} {shown} is not a usable path: {reason}") from None
    return expanded
