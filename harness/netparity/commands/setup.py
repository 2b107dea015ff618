"""netparity setup: make ready what the runners need."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.completing import runner_names
from netparity.commands.options import takes
from netparity.commands.shared import EXIT_RUNNER, Verbose, rich_watch
from netparity.run.request import Request


@takes(Request, only=("environments",))
def setup(
    request: Request,
    runners: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUNNER]...",
            help="Names, or all. Default: what netparity compare runs.",
            autocompletion=runner_names,
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Make the environments and install the system packages that the runners need."""
    from netparity.runners import unusable_runners
    from netparity.runners.doctor import set_up

    failed = False
    named = set(runners or [])
    with rich_watch(verbose) as watch:
        for sentence in unusable_runners():
            watch.warning(sentence)
        for row in set_up(runners or [], request.environments, watch):
            if not row.problem:
                watch.message(f"{row.label}: ready")
                continue
            # What this machine cannot have, such as MATLAB, is a failure only if it was named.
            failed = failed or row.label in named or ("all" in named and row.possible)
            watch.warning(f"{row.label}: {row.problem}")
    raise typer.Exit(EXIT_RUNNER if failed else 0)
