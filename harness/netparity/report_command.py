"""netparity report and netparity plot: stored runs in every format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.command import Verbose, errors, make_console, rich_watch

if TYPE_CHECKING:
    from netparity.protocol import Run
    from netparity.report import Document
    from netparity.store import RunFolder

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN_DIR...", help="Folders below results/, or run.json.")
]
Phase = Annotated[
    str,
    typer.Option(help="Whose seconds: startup, load, preprocess, predict_first, predict."),
]
Feature = Annotated[
    str | None, typer.Option(help="Whose error.", show_default="each runner's worst")
]


def report(
    runs: Runs,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="markdown, csv, latex, html, json, junit, tidy, parity, measurements, layers, "
            "parquet, methods or bibtex.",
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
    with errors(verbose):
        from netparity.errors import UsageError
        from netparity.presenting import open_document, save
        from netparity.report import Choice, format_of, refuse_other_suffix, render

        if output is not None and str(output) == "-":
            output = None
        wanted = form
        if wanted is None:
            wanted = format_of(output) if output is not None else "console"
        elif output is not None:
            refuse_other_suffix(output, wanted)
        if as_json and (wanted != "console" or len(runs) > 1):
            raise UsageError("--json prints the run.json of one run; for others use --format json")
        named = None
        if columns is not None:
            named = tuple(name.strip() for name in columns.split(",") if name.strip())
        choice = Choice(phase, feature, named)
        with rich_watch(verbose) as watch:
            document = open_document(runs, choice, watch, remake=wanted == "console")
        if wanted == "console" and output is None:
            _show_document(document, as_json)
        elif output is None:
            _print(render(document, wanted))
        else:
            typer.echo(f"stored in {save(render(document, wanted), output)}", err=True)


def plot(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A folder below results/.")],
    kind: Annotated[
        str,
        typer.Argument(help="phases, values, layers, features, inputs, limit, or all."),
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
    with errors(verbose):
        from netparity.presenting import draw_files
        from netparity.report import Choice

        with rich_watch(verbose) as watch:
            drawn = draw_files(
                run_dir, kind, form, output, width, theme, Choice(phase, feature), watch
            )
        for path in drawn:
            typer.echo(f"stored in {path}", err=True)


def show_run(run: Run, store: RunFolder, as_json: bool) -> None:
    """One run in a terminal, and where it lies."""
    from netparity.report import Document

    _show_document(Document.of(run, store), as_json)


def _show_document(document: Document, as_json: bool) -> None:
    from netparity.report import console as console_report

    if as_json:
        typer.echo(document.runs[0].model_dump_json(indent=1))
    console = make_console(stderr=as_json)
    console_report.show(document, console)
    for run, folder in zip(document.runs, document.folders, strict=True):
        if run.wall is not None:
            wall = run.wall
            console.print(
                f"\n{wall.total_seconds:.0f} s in all: preparation {wall.preparation_seconds:.1f} "
                f"s, reference {wall.reference_seconds:.1f} s, extractors "
                f"{wall.extractor_seconds:.1f} s; the harness's own share is "
                f"{100 * wall.harness_share:.1f} %",
                highlight=False,
            )
        if folder is not None:
            where = f"stored in {folder.path}; open {folder.path / 'report.html'}"
            console.print(where, markup=False, highlight=False, soft_wrap=True)


def _print(rendered: str | bytes) -> None:
    """To standard output as it is: the line ends of a CSV are part of it."""
    if isinstance(rendered, bytes) and sys.stdout.isatty():
        from netparity.errors import UsageError

        raise UsageError("this format is not text: name a file with --output")
    data = rendered.encode("utf-8") if isinstance(rendered, str) else rendered
    typer.echo(data, nl=False)
