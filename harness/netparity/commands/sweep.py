"""netparity sweep: every tool under a grid of settings."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import Verbose, rich_watch
from netparity.commands.showing import exit_code, show_tables
from netparity.run.request import Request
from netparity.sweep.grid import Grid


@takes(Grid)
@takes(
    Request,
    only=(
        *("images", "runners", "model", "weights", "layers"),
        *("rounds", "precision", "budget_seconds", "schedule", "repeats", "warmup"),
        *("cluster", "results", "timeout_seconds", "environments", "command"),
    ),
)
def sweep(
    grid: Grid,
    request: Request,
    as_json: Annotated[bool, typer.Option("--json", help="Print sweep.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Time every tool under a grid of batch sizes, threads and data formats."""
    from netparity.sweep import tables
    from netparity.sweep.running import run_sweep

    with rich_watch(verbose) as watch:
        found, runs, folder = run_sweep(request, grid, watch)
    show_tables([tables.table(found)], found.winners, folder, tables.as_json(found), as_json)
    raise typer.Exit(max(exit_code(run, asked_for=bool(request.named_runners)) for run in runs))
