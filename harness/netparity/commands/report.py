"""netparity report and netparity plot: stored runs in every format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import Feature, Phase, Verbose, rich_watch
from netparity.commands.showing import show_document, show_tables
from netparity.commands.stored import RunDirs, located
from netparity.report import EXPORTERS


def report(
    runs: RunDirs,
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

    Without a format, the files in the runs' folders are made anew, too. The folder of a sweep is
    shown with all its runs.
    """
    from dataclasses import replace

    from netparity.errors import UsageError
    from netparity.judge.documents import open_document
    from netparity.report import Choice, render
    from netparity.report.choosing import CONSOLE, chosen_format, column_names
    from netparity.report.saving import save
    from netparity.sweep.tables import JSON_FILE

    if output is not None and str(output) == "-":
        output = None
    wanted = chosen_format(form, output)
    if as_json and (wanted != CONSOLE or len(runs) > 1):
        raise UsageError("--json prints the run.json of one run; for others use --format json")
    runs = [located(path, JSON_FILE) for path in runs]
    choice = Choice(phase, feature, column_names(columns))
    if len(runs) == 1 and _report_sweep(runs[0], wanted, output, as_json, verbose):
        return
    with rich_watch(verbose) as watch:
        document = open_document(runs, choice, watch, remake=wanted == CONSOLE)
    if wanted == CONSOLE and output is None:
        show_document(document, as_json, verbose)
    elif output is None:
        _print(render(document, wanted))
    else:
        document = replace(document, page=output.parent)
        typer.echo(f"stored in {save(render(document, wanted), output)}", err=True)


def _report_sweep(
    path: Path, wanted: str, output: Path | None, as_json: bool, verbose: bool
) -> bool:
    """Show a sweep and make its files anew; False if the folder is not that of a sweep."""
    from netparity.errors import UsageError
    from netparity.report.choosing import CONSOLE
    from netparity.sweep import tables
    from netparity.sweep.remaking import is_sweep, remake_sweep

    if not is_sweep(path):
        return False
    if wanted != CONSOLE or output is not None:
        raise UsageError(
            f"{path} is a sweep, whose tables are in its folder: give no --format and no --output, "
            "or the folder of one of its runs"
        )
    with rich_watch(verbose) as watch:
        found, _, folder = remake_sweep(path, watch)
    show_tables([tables.table(found)], found.winners, folder, tables.as_json(found), as_json)
    return True


def _print(rendered: str | bytes) -> None:
    """To standard output as it is: the line ends of a CSV are part of it."""
    if isinstance(rendered, bytes) and sys.stdout.isatty():
        from netparity.errors import UsageError

        raise UsageError("this format is not text: name a file with --output")
    data = rendered.encode("utf-8") if isinstance(rendered, str) else rendered
    typer.echo(data, nl=False)
