"""What lies in the cache: how much of each kind, and the drafts of killed writers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from netparity.system.cache import cache_folder
from netparity.system.drafts import drafts_in, is_abandoned


@dataclass(frozen=True)
class Part:
    """One folder of the cache.

    Attributes:
        entries: files and folders in it, without locks.
        size_bytes: of all files below it.
    """

    name: str
    entries: int
    size_bytes: int


@dataclass(frozen=True)
class Draft:
    """An unfinished file; `abandoned` if its writer is dead."""

    path: Path
    size_bytes: int
    abandoned: bool


def parts() -> Iterator[Part]:
    """Every folder of the cache, by name."""
    for folder in sorted(cache_folder().iterdir()):
        if folder.is_dir() and not folder.is_symlink():
            entries = sum(path.suffix != ".lock" for path in folder.iterdir())
            yield Part(folder.name, entries, _bytes_below(folder))


def drafts() -> list[Draft]:
    """Every unfinished file of the cache, also one that is being written."""
    return [
        Draft(path, _bytes_of(path), is_abandoned(path))
        for folder in WITH_DRAFTS
        for path in drafts_in(cache_folder(folder))
    ]


WITH_DRAFTS = ("weights", "networks", "logs")
"""The folders in which netparity itself writes files; the others are those of other programs."""


def _bytes_below(folder: Path) -> int:
    return sum(_bytes_of(path) for path in folder.rglob("*"))


def _bytes_of(path: Path) -> int:
    with suppress(OSError):
        status = path.lstat()
        return status.st_size if not path.is_dir() else 0
    return 0
