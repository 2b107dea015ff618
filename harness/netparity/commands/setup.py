"""netparity setup: make ready what the runners need."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import EXIT_RUNNER, Verbose, rich_watch
from netparity.run.request import Request


@takes(Request, only=("environments",))
def setup(
    request: Request,
    runners: Annotated[
        list[str] | None, typer.Argument(metavar="[RUNNER]...", help="Default: all.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Make the environments and install the system packages that the runners need."""
    from netparity.runners.doctor import set_up

    failed = False
    with rich_watch(verbose) as watch:
        for name, problem in set_up(runners or [], request.environments, watch):
            if problem is None:
                watch.message(f"{name}: ready")
            else:
                failed = failed or bool(runners)
                watch.warning(f"{name}: {problem}")
    raise typer.Exit(EXIT_RUNNER if failed else 0)
