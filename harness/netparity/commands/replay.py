"""netparity replay: the 2017 post's experiments."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.shared import (
    EXIT_PARITY,
    EXIT_RUNNER,
    Model,
    Python,
    Repeats,
    Threads,
    Timeout,
    Verbose,
    Weights,
    chosen_environments,
    errors,
    make_console,
    rich_watch,
    rounds_given,
)

if TYPE_CHECKING:
    from netparity.replay.tables import Replay

_FOR_ONE_TABLE = 150


def replay(
    image: Annotated[
        Path | None, typer.Argument(metavar="[IMAGE]", help="Default: a grey-scale sample image.")
    ] = None,
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    rounds: Annotated[
        str, typer.Option(metavar="N|auto", help="Processes per tool, of the repeated timings.")
    ] = "5",
    repeats: Repeats = 5,
    threads: Threads = None,
    out: Annotated[Path, typer.Option(help="Folder that gets the replay's folder.")] = Path(
        "results"
    ),
    timeout: Timeout = 600.0,
    python: Python = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print replay.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Repeat the experiments of the 2017 post, its unexplained error included (docs/2017.md).

    Exit code 0: everything did what the documentation says, the old failure included; 1: something
    did not; 3: something could not be run here.
    """
    with errors(verbose):
        from netparity.replay.running import run_replay
        from netparity.run.compare import Request

        request = Request(
            images=[image] if image is not None else [],
            model=model,
            weights=weights,
            rounds=rounds_given(rounds),
            repeats=repeats,
            threads=threads,
            results=out,
            timeout_seconds=timeout,
            environments=chosen_environments(python),
            command=["netparity", *sys.argv[1:]],
        )
        with rich_watch(verbose) as watch:
            found, folder = run_replay(request, watch)
        _show(found, folder, as_json)
        words = {outcome.as_documented for outcome in found.outcomes}
        raise typer.Exit(EXIT_PARITY if False in words else EXIT_RUNNER if None in words else 0)


def _show(found: Replay, folder: Path, as_json: bool) -> None:
    from netparity.replay import tables
    from netparity.report.console import rich_table

    if as_json:
        typer.echo(tables.as_json(found), nl=False)
    console = make_console(stderr=as_json)
    for experiment, form in tables.forms(found):
        console.print(f"\n{experiment}:\n{form}", markup=False, highlight=False)
    wide = console.width >= _FOR_ONE_TABLE
    times = [tables.times_table] if wide else [tables.ratios_table, tables.seconds_table]
    for table in (make(found) for make in (tables.outcomes_table, *times)):
        console.print()
        console.print(rich_table(table))
    for sentence in tables.remarks(found):
        console.print(f"• {sentence}", markup=False, highlight=False)
    console.print(f"stored in {folder}", markup=False, highlight=False, soft_wrap=True)
