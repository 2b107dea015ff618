"""netparity history: the stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import Verbose, make_console


def history(
    results: Annotated[Path, typer.Argument(help="Folder of the runs.")] = Path("results"),
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also draw the seconds over the runs: .svg, .pdf, .png."),
    ] = None,
    phase: Annotated[str, typer.Option(help="Whose seconds the plot shows.")] = "predict",
    verbose: Verbose = False,
) -> None:
    """List the stored runs, with what each runner took."""
    from netparity.report.across import history as list_runs
    from netparity.report.history_layout import history_lines

    console = make_console()
    for line in history_lines(list_runs(results), console.width):
        console.print(line, soft_wrap=True)
    if plot is not None:
        from netparity.judge.drawing import draw_history

        typer.echo(f"stored in {draw_history(results, plot, phase)}", err=True)
