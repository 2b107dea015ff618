"""netparity compare-runs: the timings of two stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import Verbose, make_console


def compare_runs(
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="A folder below results/.")],
    later: Annotated[Path, typer.Argument(metavar="LATER", help="Another one.")],
    phase: Annotated[str, typer.Option(help="Which seconds.")] = "predict",
    verbose: Verbose = False,
) -> None:
    """Compare the timings of two stored runs: another day, version or machine."""
    from netparity.report.across import compare_folders
    from netparity.report.console import rich_table

    found = compare_folders(earlier, later, phase)
    make_console().print(rich_table(found.table))
    for remark in found.remarks:
        typer.echo(f"• {remark}")
