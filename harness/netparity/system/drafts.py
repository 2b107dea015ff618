"""Drafts: unfinished files, which replace others when they are complete, or which a kill has left.

A draft's name says on which machine and by which process it is written, so that one whose writer
is dead is told from one that is being written.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from netparity.system.unfinished import unfinished

_ABANDONED_SECONDS = 86400.0
"""No writer takes a day: for drafts of other machines, and of earlier versions of netparity."""
_NAME = re.compile(r"\.(?P<stem>.+?)\.(?:(?P<host>[0-9a-f]{6})-)?(?P<pid>\d{1,10})(?:\.\w+)?")


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """A name for a file beside `path`, which is removed at the end of the block if it is there.

    What killed writers have left of the same file is removed first.
    """
    with suppress(OSError):
        for left in list(_drafts(path.parent.iterdir())):
            match = _NAME.fullmatch(left.name)
            # Without a machine it may be a file of the user's, such as `.table.2024.md`.
            if match and match["host"] and match["stem"] == path.stem and is_abandoned(left):
                left.unlink(missing_ok=True)
    draft = path.with_name(f".{path.stem}.{host()}-{os.getpid()}{path.suffix}")
    try:
        with unfinished(draft):
            yield draft
    finally:
        with suppress(OSError):  # where nothing can be written, there is no draft to remove
            draft.unlink(missing_ok=True)


def drafts_in(folder: Path) -> list[Path]:
    """Every draft in a folder and the folders in it, whether it is being written or not."""
    found = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
    return sorted(_drafts(found))


def remove_abandoned(folder: Path) -> int:
    """Remove what killed writers left in a folder of the cache and in those below; in bytes."""
    removed = 0
    for draft in drafts_in(folder):
        with suppress(OSError):
            if is_abandoned(draft):
                size = draft.stat().st_size
                draft.unlink()
                removed += size
    return removed


def is_abandoned(draft: Path) -> bool:
    """Whether the writer of a draft is dead, as far as that can be known here."""
    match = _NAME.fullmatch(draft.name)
    if match is None:
        return False
    if match["host"] == host() and not is_alive(int(match["pid"])):
        return True
    with suppress(OSError):
        return time.time() - draft.stat().st_mtime > _ABANDONED_SECONDS
    return False


def _drafts(paths: Iterator[Path]) -> Iterator[Path]:
    return (path for path in paths if _NAME.fullmatch(path.name) and path.is_file())


def is_alive(pid: int) -> bool:
    """Whether there is such a process here."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@cache
def host() -> str:
    """Where process ids mean the same: this machine, and the container if it has its own ids."""
    try:
        numbers = os.readlink("/proc/self/ns/pid")
    except OSError:
        numbers = ""
    return hashlib.sha256(f"{platform.node()} {numbers}".encode()).hexdigest()[:6]
