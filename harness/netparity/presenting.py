"""netparity report and plot: from folders of stored runs to a document that can be rendered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from netparity.across import compare_two
from netparity.cache import replacing
from netparity.errors import InputError, StoreError
from netparity.paths import usable_path
from netparity.pipeline import reopen, write_report
from netparity.protocol import Run
from netparity.report import Choice, Document
from netparity.report.cells import Table
from netparity.report.document import expect
from netparity.report.plots import (
    COLUMN_MM,
    FORMATS,
    KINDS,
    NothingToDrawError,
    rendered,
    scene_for_file,
)
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
    opened = [reopen(path, watch, remake=False) for path in paths]
    runs = tuple(run for run, _ in opened)
    choice.check(runs)
    if remake:
        _ = choice.table_columns  # what is refused changes nothing
        for run, folder in opened:
            write_report(run, folder, watch)
    across, remarks = _across(runs, choice.phase)
    folders = tuple(folder for _, folder in opened)
    return Document(runs, folders, choice, tuple(across), tuple(remarks))


def _across(runs: Sequence[Run], phase: str) -> tuple[list[Table], list[str]]:
    """Each run against the one before it: tables, and what must be known beside them."""
    tables, remarks = [], []
    for number, (earlier, later) in enumerate(pairwise(runs), start=1):
        who = f"Run {number + 1} against run {number}"
        try:
            found = compare_two(earlier, later, phase)
        except InputError as error:
            remarks.append(f"{who} is not tested: {error}.")
            continue
        if found.table.rows:
            tables.append(found.table)
        remarks += [each if len(runs) == 2 else f"{who}: {each}" for each in found.remarks]
    return tables, remarks


def draw_files(
    path: Path,
    kind: str,
    form: str | None = None,
    output: Path | None = None,
    width_mm: float = COLUMN_MM,
    theme: str = "light",
    choice: Choice | None = None,
    watch: Watch = SILENT,
) -> list[Path]:
    """Draw one kind of plot of a stored run, or all kinds, as files.

    Args:
        form: svg, pdf or png; None for what `output` ends in, or svg.
        output: the file, or for all kinds the folder; None for names of their own here.

    Raises:
        UsageError: if there is no such kind, format, theme or width.
        InputError: if the run does not hold what the plot shows.
        NetparityError: if the run cannot be read, or a file cannot be written.
    """
    several = kind == "all"
    expect("plot", kind, (*KINDS, "all"))
    if form is None:
        form = "svg" if output is None or several else output.suffix.lower().lstrip(".")
    expect("--format", form, FORMATS)
    document = open_document([path], choice, watch)
    scene = scene_for_file(document.runs[0], document.folder(0), document.choice, theme, width_mm)
    drawn, missing = [], []
    wanted = KINDS if several else {kind: KINDS[kind]}
    with watch.task("drawing", len(wanted)) as task:
        for name, module in wanted.items():
            task.note(name)
            file = output or Path(f"{name}.{form}")
            try:
                data = rendered(module.draw, scene, form)
                drawn.append(save(data, file / f"{name}.{form}" if several and output else file))
            except NothingToDrawError as reason:
                missing.append(f"no plot of {name}: {reason}")
            task.advance()
    if missing and not drawn:
        raise InputError("; ".join(missing))
    for sentence in missing:
        watch.warning(sentence)
    return drawn


def save(data: str | bytes, path: Path) -> Path:
    """Write a rendered document, whole or not at all.

    Raises:
        StoreError: if it cannot be written.
    """
    path = usable_path(path, "output")
    if path.is_dir():
        raise StoreError(f"output {path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise StoreError(f"output {path} cannot be written: there is no folder {path.parent}")
    with replacing(path) as draft:
        # Bytes, so that the line ends of a CSV stay what RFC 4180 wants.
        draft.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path
