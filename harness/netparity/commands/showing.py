"""What a command found, as a terminal shows it, and the exit code of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from netparity.commands.shared import EXIT_PARITY, EXIT_RUNNER, make_console

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from netparity.protocol import Run
    from netparity.report import Document
    from netparity.report.cells import Table
    from netparity.results.folder import RunFolder


def show_run(run: Run, store: RunFolder, as_json: bool, verbose: bool) -> None:
    """One run in a terminal, and where it lies."""
    from netparity.report import Document

    show_document(Document.of(run, store), as_json, verbose)


def show_document(document: Document, as_json: bool, verbose: bool) -> None:
    """Stored runs in a terminal, one or several, and where they lie.

    Args:
        verbose: whether all tables and notes are shown.
    """
    from netparity.report import console as console_report

    if as_json:
        typer.echo(document.runs[0].model_dump_json(indent=1))
    console = make_console(stderr=as_json)
    console_report.show(document, console, verbose)
    for run, folder in zip(document.runs, document.folders, strict=True):
        if verbose and run.wall is not None:
            wall = run.wall
            console.print(
                f"\n{wall.total_seconds:.0f} s in all: preparation {wall.preparation_seconds:.1f} "
                f"s, reference {wall.reference_seconds:.1f} s, extractors "
                f"{wall.extractor_seconds:.1f} s; the harness's own share is "
                f"{100 * wall.harness_share:.1f} %",
                highlight=False,
            )
        if folder is not None:
            where = f"stored in {folder.path}; open {folder.path / 'report.html'}"
            console.print(where, markup=False, highlight=False, soft_wrap=True)


def show_tables(
    tables: Iterable[Table], remarks: Iterable[str], folder: Path, json: str, as_json: bool
) -> None:
    """Show tables, the remarks on them and where they are stored; with `as_json`, on stderr.

    Args:
        json: what is then printed on standard output.
    """
    from netparity.report.console import rich_table

    if as_json:
        typer.echo(json, nl=False)
    console = make_console(stderr=as_json)
    for number, table in enumerate(tables):
        if number:
            console.print()
        console.print(rich_table(table, console.width))
    for sentence in remarks:
        console.print(f"• {sentence}", markup=False, highlight=False)
    console.print(f"stored in {folder}", markup=False, highlight=False, soft_wrap=True)


def exit_code(run: Run, asked_for: bool) -> int:
    """What the process returns: 3 if a runner failed, 1 if one failed parity, otherwise 0.

    A runner that is unavailable counts as failed where it was asked for by name.
    """
    from netparity.results.outcomes import parity_passed

    statuses = [record.status for record in run.runners]
    if "failed" in statuses or "ok" not in statuses or (asked_for and "unavailable" in statuses):
        return EXIT_RUNNER
    agreed = all(parity_passed(run, r.label) for r in run.runners if r.status == "ok")
    return 0 if agreed else EXIT_PARITY
