"""netparity compare: every tool on the same images, judged and timed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.shared import (
    BEGUN,
    Atol,
    Layers,
    Model,
    Precision,
    Python,
    Relative,
    Repeats,
    Rtol,
    Runners,
    Threads,
    Timeout,
    Verbose,
    Warmup,
    Weights,
    chosen_environments,
    errors,
    rich_watch,
    rounds_given,
)
from netparity.commands.showing import exit_code, show_run


def compare(
    images: Annotated[
        list[Path] | None, typer.Argument(metavar="[IMAGE]...", help="Default: a sample image.")
    ] = None,
    runner: Runners = None,
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    layers: Layers = None,
    rounds: Annotated[
        str, typer.Option(metavar="N|auto", help="Processes per runner, or until it is precise.")
    ] = "5",
    precision: Precision = None,
    budget: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Begin no more rounds then.", show_default="300"),
    ] = None,
    repeats: Repeats = 5,
    warmup: Warmup = 1,
    threads: Threads = None,
    affinity: Annotated[
        str | None, typer.Option(metavar="CPUS", help="Processors to run on, as 0-3.")
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(metavar="BYTES", help="What each process may ask for, as 8G.")
    ] = None,
    compile_cache: Annotated[
        str | None,
        typer.Option(
            metavar="cold|warm", help="What Theano finds compiled already.", show_default="warm"
        ),
    ] = None,
    per_layer: Annotated[
        bool, typer.Option("--per-layer", help="Time every layer, after everything else.")
    ] = False,
    reference: Annotated[
        str | None,
        typer.Option(help="Label that timings are put in ratio to.", show_default="the first"),
    ] = None,
    matconvnet: Annotated[
        str | None,
        typer.Option(
            metavar="auto|compat|require",
            help="MatConvNet itself, compatibility functions, or what there is.",
            show_default="auto",
        ),
    ] = None,
    matconvnet_root: Annotated[
        Path | None,
        typer.Option(help="Folder of your MatConvNet.", show_default="MATCONVNET_ROOT"),
    ] = None,
    max_relative_l2: Relative = None,
    atol: Atol = None,
    rtol: Rtol = None,
    out: Annotated[Path, typer.Option(help="Folder that gets the run's folder.")] = Path("results"),
    timeout: Timeout = 600.0,
    python: Python = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Run every tool on one image, judge the features and compare the timings."""
    with errors(verbose):
        from netparity.run.compare import Request
        from netparity.run.compare import compare as run_compare

        request = Request(
            images=images or [],
            runners=runner or [],
            model=model,
            weights=weights,
            layers=layers,
            rounds=rounds_given(rounds),
            precision=precision,
            budget_seconds=budget,
            affinity=affinity,
            memory_limit=memory_limit,
            compile_cache=compile_cache,
            per_layer=per_layer,
            repeats=repeats,
            warmup=warmup,
            threads=threads,
            reference=reference,
            matconvnet=matconvnet,
            matconvnet_root=matconvnet_root,
            max_relative_l2=max_relative_l2,
            atol=atol,
            rtol=rtol,
            results=out,
            timeout_seconds=timeout,
            environments=chosen_environments(python),
            command=["netparity", *sys.argv[1:]],
            begun_monotonic=BEGUN,
        )
        with rich_watch(verbose) as watch:
            run, store = run_compare(request, watch)
        show_run(run, store, as_json)
        raise typer.Exit(exit_code(run, asked_for=bool(runner)))
