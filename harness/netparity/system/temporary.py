"""Temporary folders that are removed by whoever comes next if their maker was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from netparity.system import unfinished
from netparity.system.drafts import host, is_alive

_NAME = re.compile(r"netparity-[a-z]+-(?P<host>[0-9a-f]{6})-(?P<pid>\d{1,10})-\w+")


def make_folder(purpose: str) -> Path:
    """A new folder for this process alone; `remove_folder` removes it.

    What killed processes of the same user have left there is removed, once in each process.

    Args:
        purpose: a word of small letters, for its name.
    """
    remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=f"netparity-{purpose}-{host()}-{os.getpid()}-"))
    unfinished.add(folder)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.forget(folder)


@cache
def remove_abandoned(parent: Path) -> None:
    """Remove the folders in `parent` whose makers are dead, if this user made them here."""
    with suppress(OSError):
        for path in list(parent.iterdir()):
            match = _NAME.fullmatch(path.name)
            if match is None or match["host"] != host() or is_alive(int(match["pid"])):
                continue
            with suppress(OSError):
                if path.lstat().st_uid == os.getuid() and path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
