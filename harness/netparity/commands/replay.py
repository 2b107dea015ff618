"""netparity replay: the 2017 post's experiments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import (
    EXIT_PARITY,
    EXIT_RUNNER,
    Verbose,
    make_console,
    rich_watch,
)
from netparity.commands.showing import show_tables
from netparity.run.request import Request


@takes(
    Request,
    only=(
        *("model", "weights", "rounds", "schedule", "repeats", "threads"),
        *("results", "timeout_seconds", "environments", "command"),
    ),
)
def replay(
    request: Request,
    image: Annotated[
        Path | None, typer.Argument(metavar="[IMAGE]", help="Default: a grey-scale sample image.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print replay.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Repeat the experiments of the 2017 post, its unexplained error included (docs/2017.md).

    Exit code 0: everything did what the documentation says, the old failure included; 1: something
    did not; 3: something could not be run here.
    """
    from netparity.replay import tables
    from netparity.replay.running import run_replay

    with rich_watch(verbose) as watch:
        found, folder = run_replay(replace(request, images=[image] if image else []), watch)
    console = make_console(stderr=as_json)
    for experiment, form in tables.forms(found):
        console.print(f"\n{experiment}:\n{form}", markup=False, highlight=False)
    console.print()
    shown = tables.tables(found, console.width)
    show_tables(shown, tables.remarks(found), folder, tables.as_json(found), as_json)
    words = {outcome.as_documented for outcome in found.outcomes}
    raise typer.Exit(EXIT_PARITY if False in words else EXIT_RUNNER if None in words else 0)
