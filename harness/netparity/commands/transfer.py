"""netparity transfer: a classifier on one tool's features, tested on another's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from netparity.commands.shared import (
    EXIT_RUNNER,
    Model,
    Python,
    Runners,
    Threads,
    Verbose,
    Weights,
    chosen_environments,
    errors,
    make_console,
    rich_watch,
)

if TYPE_CHECKING:
    from netparity.transfer.tables import Transfer


def transfer(
    dataset: Annotated[
        Path | None,
        typer.Argument(metavar="[DATASET_DIR]", help="A folder per class. Default: digits."),
    ] = None,
    runner: Runners = None,
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    layer: Annotated[str, typer.Option(help="The feature.")] = "fc6",
    kind: Annotated[
        Literal["both", "shared", "native"],
        typer.Option("--input", help="The same tensors for all, or each tool's preprocessing."),
    ] = "both",
    batch: Annotated[int, typer.Option(min=1, max=4096, help="Images at once in a tool.")] = 16,
    test: Annotated[float, typer.Option(help="Share of the images to test with.")] = 0.5,
    seed: Annotated[int, typer.Option(min=0, help="Of the choice of these images.")] = 0,
    threads: Threads = None,
    out: Annotated[Path, typer.Option(help="Folder that gets the transfer's folder.")] = Path(
        "results"
    ),
    resume: Annotated[
        Path | None,
        typer.Option(help="Go on with this folder; all that shapes the result is read from it."),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one process.")] = 3600.0,
    python: Python = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print transfer.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train a linear classifier on one tool's features and test it on each other's.

    Without DATASET_DIR the images are the digits that come with scikit-learn, in grey-scale.
    """
    with errors(verbose):
        from netparity.transfer import Request, run_transfer

        request = Request(
            dataset=dataset,
            runners=runner or [],
            model=model,
            weights=weights,
            feature=layer,
            inputs=("shared", "native") if kind == "both" else (kind,),
            batch=batch,
            test_share=test,
            seed=seed,
            threads=threads,
            results=out,
            resume=resume,
            timeout_seconds=timeout,
            environments=chosen_environments(python),
        )
        with rich_watch(verbose) as watch:
            found, folder = run_transfer(request, watch)
        _show(found, folder, as_json)
        raise typer.Exit(EXIT_RUNNER if found.failures else 0)


def _show(found: Transfer, folder: Path, as_json: bool) -> None:
    from netparity.report.console import rich_table
    from netparity.transfer import tables

    if as_json:
        typer.echo(tables.as_json(found), nl=False)
    console = make_console(stderr=as_json)
    for table in tables.tables(found):
        console.print(rich_table(table))
    for sentence in tables.remarks(found):
        console.print(f"• {sentence}", markup=False, highlight=False)
    console.print(f"stored in {folder}", markup=False, highlight=False, soft_wrap=True)
