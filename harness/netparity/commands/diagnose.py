"""netparity diagnose: why a stored run's runners disagree."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.own_command import as_typed_here
from netparity.commands.shared import Budget, OtherWeights, Verbose, rich_watch
from netparity.commands.stored import RunDir, located


def diagnose(
    run_dir: RunDir,
    runner: Annotated[
        list[str] | None,
        typer.Option(
            "--runner",
            "-r",
            metavar="LABEL",
            help="Repeat for several.",
            show_default="those that failed parity",
        ),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="The run's weights, if they left the cache.")
    ] = None,
    other_weights: OtherWeights = None,
    budget: Budget = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    verbose: Verbose = False,
) -> None:
    """Say which layers of which runner are faulty, why, and what to change."""
    from netparity.judge import diagnose as diagnosing
    from netparity.judge.time_limit import BUDGET_SECONDS

    seconds = BUDGET_SECONDS if budget is None else budget
    with rich_watch(verbose) as watch:
        found, store = diagnosing.diagnose_folder(
            located(run_dir), runner or [], weights, other_weights or [], watch, seconds
        )
    if as_json:
        typer.echo(diagnosing.as_json(found))
    else:
        typer.echo(as_typed_here(diagnosing.as_text(found)), nl=False)
        typer.echo(f"stored in {store.path / diagnosing.FILE}")
