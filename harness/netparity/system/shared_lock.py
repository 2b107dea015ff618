"""A lock on a file that all users of a machine can take; it ends with the process that holds it.

The file lies where everybody can write, so nothing in it is trusted, no link is followed, and a
file that has a second name is refused: it could be one of the user's own.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import platform
import stat
import time
from pathlib import Path

FOLDER_VARIABLE = "NETPARITY_LOCKS"
_FOLDERS = ("/run/lock", "/tmp")  # noqa: S108  (see `lock_folder`)
_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_MOST_BYTES = 1000
_EVERYBODY = 0o666
_TRIES, _RETRY_SECONDS = 20, 0.01


def lock_folder() -> Path:
    """The folder of the locks: the first in which every user of the machine can make files.

    The variable NETPARITY_LOCKS names another, such as one that several containers share.

    Raises:
        OSError: if there is none.
    """
    if given := os.environ.get(FOLDER_VARIABLE):
        return Path(given)
    for name in _FOLDERS:
        with contextlib.suppress(OSError):
            mode = Path(name).stat().st_mode
            # In a sticky folder nobody can remove or rename what belongs to another.
            if stat.S_ISDIR(mode) and mode & stat.S_ISVTX and mode & stat.S_IWOTH:
                return Path(name)
    raise OSError(errno.ENOENT, f"neither {' nor '.join(_FOLDERS)} is open to all users")


def machine_id() -> str:
    """A name for this machine until it is started again; containers on it have the same."""
    try:
        booted = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        booted = platform.node()
    return hashlib.sha256(booted.encode()).hexdigest()[:12]


class SharedLock:
    """An open lock file, not locked yet."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            OSError: if it cannot be opened, or is not a file of one name.
        """
        self.path = path
        self._file = _open(path)
        status = os.fstat(self._file)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            os.close(self._file)
            raise OSError(errno.EINVAL, f"{path} is not a file with a single name")

    def take(self, shared: bool = False) -> bool:
        """Take the lock, alone or together with others that share it; False if that must wait.

        Raises:
            OSError: if the file system has no locks.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_shared(self) -> None:
        """Share the lock; somebody who looks whether it is free holds it for a moment."""
        for _ in range(_TRIES):
            if self.take(shared=True):
                return
            time.sleep(_RETRY_SECONDS)

    def is_free(self) -> bool:
        """Whether nobody else holds it; this process must not hold it."""
        if not self.take():
            return False
        fcntl.flock(self._file, fcntl.LOCK_UN)
        return True

    def write(self, data: bytes) -> None:
        """Replace what the file says, where this user may."""
        with contextlib.suppress(OSError):
            os.pwrite(self._file, data, 0)
            os.ftruncate(self._file, len(data))

    def read(self) -> bytes:
        """What the file says; anybody may have written it."""
        try:
            return os.pread(self._file, _MOST_BYTES, 0)
        except OSError:
            return b""

    def changed(self) -> float:
        """When it was written last, in seconds of the system's clock."""
        return os.fstat(self._file).st_mtime

    def close(self) -> None:
        """Close the file, and so release the lock."""
        os.close(self._file)


def _open(path: Path) -> int:
    for _ in range(_TRIES):
        try:
            return os.open(path, os.O_RDWR | _FLAGS)
        except PermissionError:
            return os.open(path, os.O_RDONLY | _FLAGS)
        except FileNotFoundError:
            # Linux refuses to open another user's file in such a folder with O_CREAT alone.
            with contextlib.suppress(FileExistsError):
                made = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
                os.fchmod(made, _EVERYBODY)  # whatever the umask
                return made
    raise OSError(errno.EAGAIN, f"{path} is made and removed again and again")
