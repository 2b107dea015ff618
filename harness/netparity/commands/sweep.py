"""netparity sweep: every tool under a grid of settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.shared import (
    Layers,
    Model,
    Precision,
    Python,
    Repeats,
    Runners,
    Timeout,
    Verbose,
    Warmup,
    Weights,
    chosen_environments,
    errors,
    make_console,
    rich_watch,
    rounds_given,
)
from netparity.commands.showing import exit_code

if TYPE_CHECKING:
    from netparity.sweep.tables import Sweep


def sweep(
    images: Annotated[
        list[Path] | None, typer.Argument(metavar="[IMAGE]...", help="Repeated to fill a batch.")
    ] = None,
    batch: Annotated[str, typer.Option(metavar="N,N", help="Images per prediction.")] = "1",
    threads: Annotated[
        str | None, typer.Option(metavar="N,N", help="Threads per tool.", show_default="all")
    ] = None,
    data_format: Annotated[
        str | None,
        typer.Option(metavar="ORDER,ORDER", help="channels_last, channels_first or both."),
    ] = None,
    runner: Runners = None,
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    layers: Layers = None,
    rounds: Annotated[
        str, typer.Option(metavar="N|auto", help="Processes per runner and setting.")
    ] = "5",
    precision: Precision = None,
    budget: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Begin no more rounds then.")
    ] = None,
    repeats: Repeats = 5,
    warmup: Warmup = 1,
    out: Annotated[Path, typer.Option(help="Folder that gets the sweep's folder.")] = Path(
        "results"
    ),
    timeout: Timeout = 600.0,
    python: Python = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print sweep.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Time every tool under a grid of batch sizes, threads and data formats."""
    with errors(verbose):
        from netparity.run.compare import Request
        from netparity.sweep.running import Grid, run_sweep

        request = Request(
            images=images or [],
            runners=runner or [],
            model=model,
            weights=weights,
            layers=layers,
            rounds=rounds_given(rounds),
            precision=precision,
            budget_seconds=budget,
            repeats=repeats,
            warmup=warmup,
            results=out,
            timeout_seconds=timeout,
            environments=chosen_environments(python),
            command=["netparity", *sys.argv[1:]],
        )
        grid = Grid(
            batches=_numbers("--batch", batch),
            threads=_numbers("--threads", threads) if threads else (),
            data_formats=[each.strip() for each in data_format.split(",")] if data_format else (),
        )
        with rich_watch(verbose) as watch:
            found, runs, folder = run_sweep(request, grid, watch)
        _show_sweep(found, folder, as_json)
        raise typer.Exit(max(exit_code(run, asked_for=bool(runner)) for run in runs))


def _numbers(option: str, text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        from netparity.errors import UsageError

        raise UsageError(f"{option} {text!r}: expected numbers such as 1,2,4")
    return [int(part) for part in parts]


def _show_sweep(found: Sweep, folder: Path, as_json: bool) -> None:
    from netparity.report.console import rich_table
    from netparity.sweep import tables

    if as_json:
        typer.echo(tables.as_json(found), nl=False)
    console = make_console(stderr=as_json)
    console.print(rich_table(tables.table(found)))
    for sentence in found.winners:
        console.print(f"• {sentence}", markup=False, highlight=False)
    console.print(f"stored in {folder}", markup=False, highlight=False, soft_wrap=True)
