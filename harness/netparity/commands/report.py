"""netparity report and netparity plot: stored runs in every format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import Feature, Phase, Verbose, rich_watch
from netparity.commands.showing import show_document
from netparity.report import EXPORTERS

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN_DIR...", help="Folders below results/, or run.json.")
]


def report(
    runs: Runs,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"{', '.join(EXPORTERS)}.",
            show_default="console, or what --output ends in",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Columns of the first table, or of a CSV."),
    ] = None,
    phase: Phase = "predict",
    feature: Feature = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write.", show_default="stdout")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Show stored runs, one or several side by side, in any format; even one that was cut short.

    Without a format, the files in the runs' folders are made anew, too.
    """
    from netparity.errors import UsageError
    from netparity.judge.documents import open_document
    from netparity.report import Choice, render
    from netparity.report.choosing import CONSOLE, chosen_format, column_names
    from netparity.report.saving import save

    if output is not None and str(output) == "-":
        output = None
    wanted = chosen_format(form, output)
    if as_json and (wanted != CONSOLE or len(runs) > 1):
        raise UsageError("--json prints the run.json of one run; for others use --format json")
    choice = Choice(phase, feature, column_names(columns))
    with rich_watch(verbose) as watch:
        document = open_document(runs, choice, watch, remake=wanted == CONSOLE)
    if wanted == CONSOLE and output is None:
        show_document(document, as_json)
    elif output is None:
        _print(render(document, wanted))
    else:
        typer.echo(f"stored in {save(render(document, wanted), output)}", err=True)


def _print(rendered: str | bytes) -> None:
    """To standard output as it is: the line ends of a CSV are part of it."""
    if isinstance(rendered, bytes) and sys.stdout.isatty():
        from netparity.errors import UsageError

        raise UsageError("this format is not text: name a file with --output")
    data = rendered.encode("utf-8") if isinstance(rendered, str) else rendered
    typer.echo(data, nl=False)
