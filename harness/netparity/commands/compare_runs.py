"""netparity compare-runs: the timings of two stored runs."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.own_command import as_typed_here
from netparity.commands.shared import Verbose, make_console
from netparity.commands.stored import Earlier, Later, located


def compare_runs(
    earlier: Earlier,
    later: Later,
    phase: Annotated[str, typer.Option(help="Which seconds.")] = "predict",
    verbose: Verbose = False,
) -> None:
    """Compare the timings of two stored runs: another day, version or machine."""
    from netparity.report.across import compare_folders
    from netparity.report.console import rich_table

    found = compare_folders(located(earlier), located(later), phase)
    make_console().print(rich_table(found.table))
    for remark in found.remarks:
        typer.echo(f"• {as_typed_here(remark)}")
