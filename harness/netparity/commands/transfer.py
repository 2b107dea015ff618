"""netparity transfer: a classifier on one tool's features, tested on another's."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import EXIT_RUNNER, Verbose, rich_watch
from netparity.commands.showing import show_tables
from netparity.transfer.request import Request


@takes(Request)
def transfer(
    request: Request,
    as_json: Annotated[bool, typer.Option("--json", help="Print transfer.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train a linear classifier on one tool's features and test it on each other's.

    Without DATASET_DIR the images are the digits that come with scikit-learn, in grey-scale.
    """
    from netparity.transfer import tables
    from netparity.transfer.running import run_transfer

    with rich_watch(verbose) as watch:
        found, folder = run_transfer(request, watch)
    remarks = tables.remarks(found)
    show_tables(tables.tables(found), remarks, folder, tables.as_json(found), as_json)
    raise typer.Exit(EXIT_RUNNER if found.failures else 0)
