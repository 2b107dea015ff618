"""netparity dataset: every image of a data set through every tool, judged one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import EXIT_PARITY, EXIT_RUNNER, Verbose, rich_watch
from netparity.commands.showing import show_tables
from netparity.dataset.request import Request

if TYPE_CHECKING:
    from pathlib import Path

    from netparity.dataset.result import DatasetResult


@takes(Request)
def dataset(
    request: Request,
    as_json: Annotated[bool, typer.Option("--json", help="Print dataset.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Judge every image of a data set in every tool: parity per image, and the worst ones."""
    from netparity.dataset.running import run_dataset

    with rich_watch(verbose) as watch:
        found, folder = run_dataset(request, watch)
    show(found, folder, as_json)


def show(found: DatasetResult, folder: Path, as_json: bool) -> None:
    """Show a data set's tables, and end with its exit code."""
    from netparity.dataset import tables

    show_tables(tables.tables(found), tables.remarks(found), folder, tables.as_json(found), as_json)
    raise typer.Exit(EXIT_RUNNER if found.failed else 0 if found.agrees else EXIT_PARITY)
