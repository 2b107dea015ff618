"""Paths as users give them."""

from __future__ import annotations

import stat
from pathlib import Path

from netparity.errors import InputError


def usable_path(path: Path, what: str) -> Path:
    """The path with `~` expanded, if the system accepts it as a path.

    A name that is not UTF-8 is refused, because job files are JSON and cannot hold it.

    Raises:
        InputError: if it cannot be a path; `what` names it in the message.
    """
    shown = ascii(str(path))
    if "\0" in str(path):
        raise InputError(f"{what} {shown}: a path cannot hold a NUL character")
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


def special_file(path: Path) -> str | None:
    """What is there instead of a file: `a folder`, `a pipe`; None if there is a file or nothing.

    A link is what it leads to.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    return next((what for is_one, what in _SPECIAL if is_one(mode)), None)


_SPECIAL = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def output_file(path: Path, force: bool) -> Path:
    """The path of a file that may be written; of a link, the path that it leads to.

    Args:
        force: whether an existing file may be replaced.

    Raises:
        InputError: if there is no such folder, if the path is anything but a file, or if the file
            exists and may not be replaced.
    """
    if (special := special_file(path)) is not None:
        raise InputError(f"{path} is {special}, which is never replaced; give the name of a file")
    if path.exists() and not force:
        raise InputError(f"{path} exists; give another name, or --force to replace it")
    if not path.absolute().parent.is_dir():
        raise InputError(f"the folder {path.absolute().parent} of {path.name} does not exist")
    return path.resolve()
