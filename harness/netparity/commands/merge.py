"""netparity merge: the parts of a data set in one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.dataset import show
from netparity.commands.options import takes
from netparity.commands.shared import Verbose, rich_watch
from netparity.dataset.request import Request


@takes(Request, only=("results", "timeout_seconds", "environments"))
def merge(
    request: Request,
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of the parts.", metavar="FOLDER...")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print dataset.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Join the parts that netparity dataset --shard made."""
    from netparity.dataset import merging

    with rich_watch(verbose) as watch:
        found, folder = merging.merge(folders, request, watch)
    show(found, folder, as_json)
