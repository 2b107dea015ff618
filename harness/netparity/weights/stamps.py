"""Whether a converted file is still as it was written: its stamp, kept in a file beside it.

Size and time tell damage by a program, and the hash what rots on the disk. Hashing takes as long as
reading, so it is done once a day, and when a tool that loaded the file computes something else.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

WRITERS_VERSION = 2
"""Increased whenever a file would be written otherwise than before."""
_ENDING = ".stamp"
_CHECKED_SECONDS = 86400.0


def is_sound(path: Path) -> bool:
    """Whether a converted file is there and is as it was written, as far as is looked at today."""
    recorded = _recorded(path)
    if recorded is None or recorded[:-1] != [_version(), *_outside(path)]:
        return False
    if time.time() - _time_of(_stamp_file(path)) < _CHECKED_SECONDS:
        return True
    if not is_unchanged(path):
        return False
    with suppress(OSError):  # a cache that is read-only can be used
        _stamp_file(path).touch()
    return True


def is_unchanged(path: Path) -> bool:
    """Whether a converted file has the contents that were written; reads all of it."""
    recorded = _recorded(path)
    return recorded is not None and recorded[-1] == _hash(path)


def record(path: Path) -> None:
    """Keep the stamp of a file that has just been written."""
    _stamp_file(path).write_text(" ".join([_version(), *_outside(path), _hash(path)]))


def remove(path: Path) -> None:
    """Remove a converted file and its stamp, so that it is made again."""
    _stamp_file(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def stamped_files(folder: Path) -> Iterator[Path]:
    """The converted files in a folder."""
    for stamp in sorted(folder.glob(f"*{_ENDING}")):
        if (path := stamp.with_name(stamp.name.removesuffix(_ENDING))).is_file():
            yield path


def _version() -> str:
    return f"v{WRITERS_VERSION}"


def _stamp_file(path: Path) -> Path:
    return path.with_name(f"{path.name}{_ENDING}")


def _outside(path: Path) -> list[str]:
    """Size and time of change; of a file that is not there, nothing."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [str(status.st_size), str(status.st_mtime_ns)]


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _recorded(path: Path) -> list[str] | None:
    """Version, size, time and hash; None if there is no stamp of this form."""
    try:
        words = _stamp_file(path).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return None
    return words if len(words) == 4 else None


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
