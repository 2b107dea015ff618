"""The tables of a stored sweep, made anew from its runs: also of one that was cut short."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from netparity.errors import InputError
from netparity.judge.evaluate import reopen
from netparity.protocol import Run
from netparity.results.folder import RUN_FILE, RunFolder
from netparity.sweep.summary import summarise_sweep
from netparity.sweep.tables import FILES, JSON_FILE, Row, Sweep
from netparity.watch import SILENT, Watch

_MOST_BYTES = 2**24


def is_sweep(path: Path) -> bool:
    """Whether a folder is that of a sweep."""
    return (path / JSON_FILE).is_file() and not (path / RUN_FILE).exists()


def remake_sweep(path: Path, watch: Watch = SILENT) -> tuple[Sweep, list[Run], Path]:
    """Judge the runs of a sweep that were cut short, and write its tables anew.

    Raises:
        InputError: if it is not a sweep, or one of its files is damaged.
        StoreError: if the folder cannot be written.
    """
    store = RunFolder(path.absolute())
    planned = _rows(store.path / JSON_FILE)
    folders = sorted(each.parent for each in store.path.glob(f"*/{RUN_FILE}"))
    runs = [reopen(folder, watch)[0] for folder in folders]
    interrupted = any(run.finished is None for run in runs) or not _all_begun(planned, runs)
    found = summarise_sweep(store.run_id, runs, interrupted, planned)
    write_tables(found, store)
    return found, runs, store.path


def write_tables(sweep: Sweep, store: RunFolder) -> None:
    """Write every file of a sweep.

    Raises:
        StoreError: if one cannot be written.
    """
    for name, render in FILES.items():
        store.write_text(name, render(sweep))


def _all_begun(planned: Sequence[Row], runs: Sequence[Run]) -> bool:
    cells = {(len(run.images), run.settings.threads) for run in runs}
    return bool(runs) and all((row.batch, row.threads) in cells for row in planned)


def _rows(path: Path) -> list[Row]:
    """The rows that were planned.

    Raises:
        InputError: if the file is not that of a sweep.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} has more than {_MOST_BYTES:,} bytes, so it is not a sweep")
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(list[Row]).validate_python(document["rows"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        raise InputError(f"{path} is not the table of a sweep: {error}") from error
