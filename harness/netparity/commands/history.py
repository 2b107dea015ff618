"""netparity history: the stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import Verbose, make_console


def history(
    results: Annotated[Path, typer.Argument(help="Folder of the runs.")] = Path("results"),
    verbose: Verbose = False,
) -> None:
    """List the stored runs, with what each runner took."""
    from netparity.report.across import history as list_runs
    from netparity.report.console import rich_table

    make_console().print(rich_table(list_runs(results)))
