"""Files and folders of this process that are of no use once it has ended."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATHS: dict[Path, int] = {}
"""Each with the process that it belongs to: a forked one removes nothing of its parent's."""


def add(path: Path) -> None:
    """Remove this when the program is ended before it can do so itself."""
    _PATHS[path] = os.getpid()


def forget(path: Path) -> None:
    """It has been removed or is complete."""
    _PATHS.pop(path, None)


@contextmanager
def unfinished(path: Path) -> Iterator[None]:
    """While the block runs, the path is of no use to anybody else."""
    add(path)
    try:
        yield
    finally:
        forget(path)


def remove_all() -> None:
    """Remove them; what cannot be removed stays."""
    for path in [path for path, pid in list(_PATHS.items()) if pid == os.getpid()]:
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
