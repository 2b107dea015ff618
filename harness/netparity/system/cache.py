"""The cache of what is made once: environments, weights, compile caches."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from netparity.errors import StoreError
from netparity.system.drafts import drafting
from netparity.system.paths import special_file
from netparity.watch import SILENT, Watch

_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


def cache_folder(*parts: str) -> Path:
    """A folder in the cache, made if it does not exist; `NETPARITY_CACHE` moves the whole cache.

    Raises:
        StoreError: if it cannot be made.
    """
    root = os.environ.get("NETPARITY_CACHE")
    base = Path(root).expanduser().absolute() if root else user_cache_path("netparity")
    folder = base.joinpath(*parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cache folder {folder} cannot be made: {error.strerror}; "
            "set NETPARITY_CACHE to a writable folder"
        ) from error
    return folder


@contextmanager
def exclusive(path: Path, watch: Watch = SILENT) -> Iterator[None]:
    """Hold the lock of `path`, so that two processes never make it at the same time.

    Where nothing can be written there is no lock: what is complete can be used.
    """
    lock = FileLock(path.with_name(path.name + ".lock"))
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        with watch.task(f"waiting for another netparity process to make {path.name}"):
            lock.acquire()
    except OSError as error:
        if error.errno not in _READ_ONLY:
            raise
    try:
        yield
    finally:
        lock.release()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file in the same folder that replaces `path` only if the block succeeds.

    Raises:
        StoreError: if the file cannot be written, for example because the disk is full, or if
            `path` is a device, a pipe, a socket or a folder.
    """
    if (special := special_file(path)) is not None:
        raise StoreError(f"{path} is {special}, which is never replaced; name a file")
    try:
        with drafting(path) as draft:
            yield draft
            with draft.open("rb") as file:
                os.fsync(file.fileno())  # a power cut must not leave an empty file at `path`
            os.replace(draft, path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
