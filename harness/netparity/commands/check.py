"""netparity check: features that someone else computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.own_command import as_typed_here
from netparity.commands.shared import EXIT_PARITY, Budget, OtherWeights, Verbose, rich_watch
from netparity.run.request import PREPROCESSING, Request


@takes(
    Request,
    only=("model", "weights", "map_file", *PREPROCESSING, "max_relative_l2", "atol", "rtol"),
)
def check(
    *,
    features: Annotated[
        Path,
        typer.Argument(
            metavar="FEATURES", help=".npy, .npz, .mat, .h5, .csv, .json, or a folder of .npy."
        ),
    ],
    image: Annotated[
        list[Path] | None, typer.Option("--image", "-i", help="What they are of; repeatable.")
    ] = None,
    tensor: Annotated[
        Path | None,
        typer.Option("--input", help="Instead of images, the network's input as .npy."),
    ] = None,
    feature: Annotated[
        str | None,
        typer.Option(
            help="The layer, by its name in any tool. [default: every array that is called like "
            "one, or fc6]"
        ),
    ] = None,
    request: Request,
    variable: Annotated[str | None, typer.Option(help="Which variable of the file.")] = None,
    column: Annotated[
        int | None,
        typer.Option(
            metavar="K", help="Of a file with the features of many images, the K-th from 1."
        ),
    ] = None,
    before_activation: Annotated[
        bool, typer.Option("--before-activation", help="Wanted is the value before the ReLU.")
    ] = False,
    other_weights: OtherWeights = None,
    diagnosis: Annotated[
        bool, typer.Option("--diagnose/--no-diagnose", help="Look for the cause if they fail.")
    ] = True,
    budget: Budget = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    verbose: Verbose = False,
) -> None:
    """Judge features that someone else computed; no tool is run."""
    from netparity.inputs.given import Given
    from netparity.judge import check as checking
    from netparity.judge.time_limit import BUDGET_SECONDS

    with rich_watch(verbose) as watch:
        checked = checking.check(
            features,
            model=request.model,
            weights=request.weights,
            map_file=request.map_file,
            image=image or None,
            tensor=tensor,
            feature=feature,
            preprocessing=Given(*(getattr(request, name) for name in PREPROCESSING)),
            variable=variable,
            column=column,
            before_activation=before_activation,
            max_relative_l2=request.max_relative_l2,
            atol=request.atol,
            rtol=request.rtol,
            diagnose=diagnosis,
            budget_seconds=BUDGET_SECONDS if budget is None else budget,
            other_weights=other_weights or [],
            watch=watch,
        )
    typer.echo(checking.as_json(checked) if as_json else as_typed_here(str(checked)))
    raise typer.Exit(0 if checked.passed else EXIT_PARITY)
