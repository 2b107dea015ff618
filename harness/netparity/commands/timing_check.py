"""netparity timing-check: how far timings on this machine can be trusted."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import Verbose, rich_watch
from netparity.run.request import Request


@takes(Request, only=("environments", "no_wait"))
def timing_check(
    request: Request,
    runner: Annotated[
        str | None,
        typer.Option(
            "--runner",
            "-r",
            metavar="NAME[key=value,...]",
            help="The tool to compare with itself.",
            show_default="the first that is ready",
        ),
    ] = None,
    budget: Annotated[
        float, typer.Option("--budget", min=1, metavar="SECONDS", help="For how long.")
    ] = 180.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Time a tool against itself: is it called different, and is a delay of 10 % found?"""
    from netparity.report.notes import timing_check_words
    from netparity.run.timing_check import CheckRequest, check_timing, is_kept

    with rich_watch(verbose) as watch:
        check = CheckRequest(request.environments, runner, budget, request.no_wait)
        found = check_timing(check, watch)
    if as_json:
        typer.echo(json.dumps(found.model_dump(), indent=1))
        return
    for sentence in timing_check_words(found):
        typer.echo(f"• {sentence}")
    if is_kept(found):
        typer.echo("• This is kept, and quoted in the notes of later runs on this machine.")
