"""netparity plot: a stored run's plots as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import Feature, Phase, Verbose, rich_watch
from netparity.commands.stored import RunDir, located
from netparity.report import PLOTS


def plot(
    run_dir: RunDir,
    kind: Annotated[
        str,
        typer.Argument(help=f"{', '.join(PLOTS)}, or all."),
    ],
    form: Annotated[
        str | None,
        typer.Option("--format", "-f", metavar="svg|pdf|png", show_default="svg"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="File; for all, a folder.", show_default="KIND.FORMAT here"
        ),
    ] = None,
    width: Annotated[
        float, typer.Option(metavar="MM", help="Width in mm: 89 is a column, 183 a page.")
    ] = 89.0,
    theme: Annotated[str, typer.Option(metavar="light|dark")] = "light",
    phase: Phase = "predict",
    feature: Feature = None,
    verbose: Verbose = False,
) -> None:
    """Draw a stored run's plots as files, from the same data as its page."""
    from netparity.judge.drawing import draw_files
    from netparity.report import Choice

    folder, choice = located(run_dir), Choice(phase, feature)
    with rich_watch(verbose) as watch:
        drawn = draw_files(folder, kind, form, output, width, theme, choice, watch)
    for path in drawn:
        typer.echo(f"stored in {path}", err=True)
