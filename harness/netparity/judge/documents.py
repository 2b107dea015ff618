"""From folders of stored runs to a document that every exporter can render."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from netparity.errors import InputError, StoreError, UsageError
from netparity.judge.evaluate import reopen, write_report
from netparity.protocol import Run
from netparity.report import Choice, Document
from netparity.report.across import compare_two
from netparity.report.cells import Table
from netparity.results.folder import RunFolder
from netparity.watch import SILENT, Watch


def open_document(
    paths: Sequence[Path], choice: Choice | None = None, watch: Watch = SILENT, remake: bool = False
) -> Document:
    """Read stored runs, in the order given.

    Args:
        remake: write the files of their folders anew.

    Raises:
        UsageError: if what was chosen is not in them.
        NetparityError: if one cannot be read.
    """
    choice = choice or Choice()
    _refuse_twins(paths)
    opened = [reopen(path, watch, remake=False) for path in paths]
    runs = tuple(run for run, _ in opened)
    choice.check(runs)
    if remake:
        _ = choice.table_columns  # what is refused changes nothing
        for run, folder in opened:
            try:
                write_report(run, folder, watch)
            except StoreError as error:
                watch.warning(f"its files are as they were: {error}")
    across, remarks = _across(runs, choice.phase)
    folders = tuple(folder for _, folder in opened)
    return Document(runs, folders, choice, tuple(across), tuple(remarks))


def _refuse_twins(paths: Sequence[Path]) -> None:
    """A run beside itself would be a comparison of nothing."""
    folders = [RunFolder.open(path).path.resolve() for path in paths]
    for folder in folders:
        if folders.count(folder) > 1:
            raise UsageError(f"run {folder.name} was given {folders.count(folder)} times")


def _across(runs: Sequence[Run], phase: str) -> tuple[list[Table], list[str]]:
    """Each run against the one before it: tables, and what must be known beside them."""
    tables, remarks = [], []
    for number, (earlier, later) in enumerate(pairwise(runs), start=1):
        who = f"Run {number + 1} against run {number}"
        try:
            names = (f"run {number}", f"run {number + 1}")
            found = compare_two(earlier, later, phase, names)
        except InputError as error:
            remarks.append(f"{who} is not tested: {error}.")
            continue
        if found.table.rows:
            tables.append(found.table)
        remarks += [each if len(runs) == 2 else f"{who}: {each}" for each in found.remarks]
    return tables, remarks
