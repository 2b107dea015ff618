"""A row of the fault tables: how a fault is made, the command that meets it, what is expected.

A table is a list of `Fault`; the test of a table is

    @pytest.mark.parametrize("fault", FAULTS, ids=str)
    def test_each_fault(fault: Fault, strike: Strike):
        strike(fault)

For every row `strike` makes the fault in an empty folder, runs the command there with a cache of
its own, and asserts that

- the exit code is the expected one and no traceback is printed,
- each of the expected phrases is in what the command printed,
- the command stayed within its processor time and memory,
- every file that was in the folder is unchanged, and nothing was added but what the row allows,
- no draft is left in the folder or the cache.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

SECONDS = 2.0
"""Processor time, which a busy machine does not change."""
MEGABYTES = 500

_DRAFT = re.compile(r"\..*\.([0-9a-f]{6}-)?\d+(\.\w+)*")


@dataclass(frozen=True)
class Fault:
    """One fault, one command, and what is expected.

    Attributes:
        name: of the test.
        make: makes the fault in the folder in which the command runs; it may return arguments,
            which are put in the place of `{}` in the command.
        command: what follows `netparity`, as a user would write it.
        exit_code: the expected one; 2 is an input error.
        says: regular expressions that are found in what is printed; line ends count as spaces.
        never: regular expressions that are not.
        leaves: patterns of the files that the command may add or change, relative to the folder.
        seconds: most processor seconds, without the imports of netparity itself.
        megabytes: most memory of the command or of any process that it starts.
        most_lines: of standard error; None if their number does not matter.
        largest_file_bytes: no process can write more into one file: a full disk.
        environment: further variables.
        check: further assertions about the folder and its cache.
    """

    name: str
    make: Callable[[Path], Sequence[str | Path] | None]
    command: str
    exit_code: int = 2
    says: Sequence[str] = ()
    never: Sequence[str] = ()
    leaves: Sequence[str] = ()
    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    most_lines: int | None = None
    largest_file_bytes: int | None = None
    environment: dict[str, str] = field(default_factory=dict)
    check: Callable[[Path], None] | None = None

    def __str__(self) -> str:
        return self.name

    def arguments(self, given: Sequence[str | Path] | None) -> list[str]:
        """The command's words."""
        left = list(map(str, given or ()))
        return [left.pop(0) if word == "{}" else word for word in self.command.split()] + left


Strike = Callable[[Fault], None]


def contents(folder: Path) -> dict[str, str]:
    """What is in a folder, by path: a hash of each file, and the type of everything else."""
    return {
        path.relative_to(folder).as_posix(): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }


def _content(path: Path) -> str:
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        return f"{stat.S_IFMT(mode):o}"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed(before: dict[str, str], after: dict[str, str], allowed: Sequence[str]) -> list[str]:
    """Every path that was added, changed or removed although no pattern allows it."""
    return [
        path
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
        and not any(fnmatch(path, pattern) for pattern in allowed)
    ]


def drafts(folder: Path) -> list[str]:
    """The files that a writer has begun and not finished, anywhere below a folder."""
    return [str(path) for path in folder.rglob(".*") if _DRAFT.fullmatch(path.name)]
