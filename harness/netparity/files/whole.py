"""Small files that are read in one go."""

from __future__ import annotations

import stat
from pathlib import Path

from netparity.errors import InputError


def read_whole(path: Path, what: str, most_bytes: int) -> bytes:
    """The bytes of a file.

    A pipe or a device is not opened: reading it might never end.

    Args:
        what: names the file in messages, such as `--map`.

    Raises:
        InputError: if it cannot be read, is not a regular file, or has more bytes than that.
    """
    if "\0" in str(path):
        raise InputError(f"{what} {str(path)!a}: a path cannot hold a NUL character")
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{what} {path} is a folder; give the path of a file")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{what} {path} is not a regular file; give the path of one")
        if status.st_size > most_bytes:
            raise InputError(
                f"{what} {path} has {status.st_size:,} bytes; at most {most_bytes:,} are accepted"
            )
        # Files of the system, as in /proc, have no size; reading one may wait for ever.
        return path.read_bytes() if status.st_size else b""
    except OSError as error:
        raise InputError(f"{what} {path} cannot be read: {error.strerror}") from error
