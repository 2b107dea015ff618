"""The newest stored run, which commands take under the name `latest`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from netparity.errors import InputError
from netparity.results.folder import RUN_FILE

LATEST = "latest"

_NAMED_FOR_A_TIME = re.compile(r"\d{8}T\d{6}Z-")


def stored(results: Path, files: Sequence[str] = (RUN_FILE,)) -> Iterator[Path]:
    """The folders of runs below `results`, oldest first; their names begin with their times.

    Args:
        files: what a folder must contain, one of them.
    """
    for path in sorted(results.glob("*")):
        if _NAMED_FOR_A_TIME.match(path.name) and any((path / file).is_file() for file in files):
            yield path


def newest(results: Path, files: Sequence[str] = (RUN_FILE,)) -> Path:
    """The newest of them.

    Raises:
        InputError: if there is none.
    """
    found = list(stored(results, files))
    if not found:
        raise InputError(
            f"{LATEST}: {results.absolute()} contains no run; give the folder of a run, or change "
            "to the directory in which netparity compare was called"
        )
    return found[-1]
