"""netparity compare: every tool on the same images, judged and timed."""

from __future__ import annotations

from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import Verbose, rich_watch
from netparity.commands.showing import exit_code, show_run
from netparity.run.request import Request


@takes(Request)
def compare(
    request: Request,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Run every tool on one image, judge the features and compare the timings."""
    from netparity.run.compare import compare as run_compare

    with rich_watch(verbose) as watch:
        run, store = run_compare(request, watch)
    show_run(run, store, as_json, verbose)
    raise typer.Exit(exit_code(run, asked_for=bool(request.named_runners)))
