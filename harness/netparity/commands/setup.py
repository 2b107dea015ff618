"""netparity setup: make ready what the runners need."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.shared import (
    EXIT_RUNNER,
    Python,
    Verbose,
    chosen_environments,
    errors,
    rich_watch,
)


def setup(
    runners: Annotated[
        list[str] | None, typer.Argument(metavar="[RUNNER]...", help="Default: all.")
    ] = None,
    python: Python = None,
    verbose: Verbose = False,
) -> None:
    """Make the environments and install the system packages that the runners need."""
    with errors(verbose):
        from netparity.runners.doctor import set_up

        failed = False
        environments = chosen_environments(python)
        with rich_watch(verbose) as watch:
            for name, problem in set_up(runners or [], environments, watch):
                if problem is None:
                    watch.message(f"{name}: ready")
                else:
                    failed = failed or bool(runners)
                    watch.warning(f"{name}: {problem}")
        raise typer.Exit(EXIT_RUNNER if failed else 0)
