"""netparity check: features that someone else computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import EXIT_PARITY, OtherWeights, Verbose, rich_watch
from netparity.run.request import PREPROCESSING, Request


@takes(Request, only=("model", "weights", *PREPROCESSING, "max_relative_l2", "atol", "rtol"))
def check(
    *,
    features: Annotated[
        Path, typer.Argument(metavar="FEATURES", help=".npy, .npz, .mat, .h5, .csv or .json.")
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
    before_activation: Annotated[
        bool, typer.Option("--before-activation", help="Wanted is the value before the ReLU.")
    ] = False,
    other_weights: OtherWeights = None,
    diagnosis: Annotated[
        bool, typer.Option("--diagnose/--no-diagnose", help="Look for the cause if they fail.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    verbose: Verbose = False,
) -> None:
    """Judge features that someone else computed; no tool is run."""
    from netparity.inputs.given import Given
    from netparity.judge import check as checking

    with rich_watch(verbose) as watch:
        checked = checking.check(
            features,
            model=request.model,
            weights=request.weights,
            image=image or None,
            tensor=tensor,
            feature=feature,
            preprocessing=Given(*(getattr(request, name) for name in PREPROCESSING)),
            variable=variable,
            before_activation=before_activation,
            max_relative_l2=request.max_relative_l2,
            atol=request.atol,
            rtol=request.rtol,
            diagnose=diagnosis,
            other_weights=other_weights or [],
            watch=watch,
        )
    typer.echo(checking.as_json(checked) if as_json else str(checked))
    raise typer.Exit(0 if checked.passed else EXIT_PARITY)
