"""What is missing in an environment that had been made: whole packages, or files of them.

Read from the disk in some tenths of a second, without starting Python: the pinned lists say which
packages belong there, and each package's RECORD says which files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from netparity.runners.environments import MARKER, Environments, Stack
from netparity.watch import SILENT, Watch

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)\s*(;)?")
_DIST_INFO = re.compile(r"(.+)-([^-]+)\.dist-info")
_ENDINGS = (".py", ".so")


def damage_of(environments: Environments, stack: Stack) -> str | None:
    """What a stack's environment lacks; None if nothing, if it is not made or is the user's."""
    if stack.name in environments.overrides or environments.python(stack) is None:
        return None
    return damage(environments.folder(stack), stack.requirements)


def discard_damaged(environments: Environments, stack: Stack, watch: Watch = SILENT) -> None:
    """Have a stack's environment made again if it lacks anything."""
    if (problem := damage_of(environments, stack)) is not None:
        watch.warning(f"{stack.name}: its environment {problem}; it is made again")
        (environments.folder(stack) / MARKER).unlink(missing_ok=True)


def damage(folder: Path, lists: Sequence[Path]) -> str | None:
    """What an environment lacks, in words that can follow `its environment`; None if nothing.

    Args:
        folder: of the environment.
        lists: the pinned requirements that were installed there.
    """
    installed = {_plain(name): path for name, path in _installed(folder)}
    absent = [name for name in _pinned(lists) if _plain(name) not in installed]
    if absent:
        return f"lacks the package {_some(absent)}"
    for name, path in sorted(installed.items()):
        if missing := list(_missing_files(path)):
            return f"is damaged: {name} lacks {_some(missing)}"
    return None


def _installed(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.glob("lib/python*/site-packages/*.dist-info"):
        if match := _DIST_INFO.fullmatch(path.name):
            yield match[1], path


def _pinned(lists: Sequence[Path]) -> Iterator[str]:
    """The packages that belong on every machine; others depend on Python's version."""
    for path in lists:
        for line in path.read_text(encoding="utf-8").splitlines():
            if (match := _PIN.match(line)) and match[3] is None:
                yield match[1]


def _missing_files(dist_info: Path) -> Iterator[str]:
    """The modules of a package that are not there, or are empty though they should not be."""
    with suppress(OSError), (dist_info / "RECORD").open(newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            name, size = (row[0], row[2]) if len(row) == 3 else ("", "")
            if not name.endswith(_ENDINGS) or name.startswith(("..", "/")):
                continue
            try:
                found = (dist_info.parent / name).stat().st_size
            except OSError:
                yield name
            else:
                if found == 0 and size not in ("", "0"):
                    yield name


def _plain(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _some(names: Sequence[str]) -> str:
    more = len(names) - 1
    return names[0] + (f" and {more} more" if more else "")
