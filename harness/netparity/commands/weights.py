"""`netparity weights`: make, inspect, convert, verify and fetch weight files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.shared import EXIT_PARITY, Verbose, errors, make_console, rich_watch

if TYPE_CHECKING:
    from netparity.models import Model
    from netparity.weights.contents import Format, Tensors
    from netparity.weights.inspection import Inspection

_WIDE = 120  # columns of a terminal

weights_app = typer.Typer(
    help="Make, inspect, convert, compare and fetch weight files.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ModelName = Annotated[
    str | None, typer.Option("--model", help="What the file holds.", show_default="found out")
]
To = Annotated[
    str | None, typer.Option("--to", metavar="FORMAT", help="By default what OUT's ending says.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace OUT if it is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Source = Annotated[str, typer.Argument(metavar="FILE", help="A weight file, or synthetic:SEED.")]


@weights_app.command()
def make(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    model: Annotated[str, typer.Option(help="vgg16, vgg19, and their -tiny and -notop.")] = "vgg16",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other weights.")] = 0,
    to: To = None,
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Write synthetic weights: numbers of the right size that no one has trained."""
    with errors(verbose):
        from netparity.models import model_called
        from netparity.weights import converting, synthetic

        network = model_called(model)
        with rich_watch(verbose) as watch:
            tensors = synthetic.make(network, seed, watch)
            sha256 = converting.convert(tensors, network, out, _format(out, to), force, watch)
        typer.echo(f"{out}: synthetic weights of {network.name}, seed {seed}, SHA-256 {sha256}")


@weights_app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A weight file.")],
    model: ModelName = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Say what a file holds: format, model, arrays, ranges, layout and how it was told."""
    with errors(verbose):
        from netparity.weights import inspection, open_weights

        with rich_watch(verbose) as watch:
            found = inspection.inspect(open_weights(file, _model_or_none(model)), watch)
        if as_json:
            typer.echo(json.dumps(found.as_dict(), indent=1))
        else:
            _show(found)


@weights_app.command()
def convert(
    file: Source,
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    to: To = None,
    model: ModelName = None,
    apply: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANGE[=LAYER,...]", help="A change that verify names."),
    ] = None,
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Write the same weights in another format."""
    with errors(verbose):
        from netparity.weights import converting

        format_ = _format(out, to)
        with rich_watch(verbose) as watch:
            tensors, network, _ = _open(file, _model_or_none(model))
            chosen = converting.parse_changes(apply or [], network)
            if chosen:
                tensors = converting.changed(tensors, network, chosen)
            sha256 = converting.convert(tensors, network, out, format_, force, watch)
        typer.echo(f"{out}: {format_.title}, {network.name}, SHA-256 {sha256}")


@weights_app.command()
def verify(
    first: Annotated[str, typer.Argument(metavar="A", help="A weight file, or synthetic:SEED.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    model: ModelName = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Are these the same weights? If not as they stand: under which change, and how to mend it.

    Exit code 0 if they are the same as they stand, 1 if not.
    """
    with errors(verbose):
        from netparity.weights import sameness

        network = _model_or_none(model)
        with rich_watch(verbose) as watch:
            if first.startswith("synthetic:") and not second.startswith("synthetic:"):
                two, of_two, dropout_of_two = _open(second, network)
                one, of_one, dropout = _open(first, of_two)
            else:
                one, of_one, dropout = _open(first, network)
                two, of_two, dropout_of_two = _open(
                    second, network or _if_synthetic(second, of_one)
                )
            found = sameness.compare(one, two, of_one, of_two, watch)
        said = sameness.sentence(found, first, second)
        mend = sameness.fix(found, first, second)
        listed = sameness.about_dropout(first, dropout, second, dropout_of_two)
        if as_json:
            typer.echo(json.dumps(sameness.as_dict(found, said, mend, listed), indent=1))
        else:
            typer.echo(said)
            for line in (*sameness.details(found), listed, f"to mend it: {mend}" if mend else None):
                if line is not None:
                    typer.echo(line)
        raise typer.Exit(0 if found.same else EXIT_PARITY)


@weights_app.command()
def fetch(
    model: Annotated[str, typer.Argument(help="vgg16, vgg19, vgg16-notop or vgg19-notop.")],
    source: Annotated[str, typer.Option(help="keras or matconvnet.")] = "keras",
    mirror: Annotated[
        str | None, typer.Option(metavar="URL", help="A folder that has the file of that name.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Look into the cache alone.")] = False,
    verbose: Verbose = False,
) -> None:
    """Fetch published weights, check their MD5, and print where they lie."""
    with errors(verbose):
        from netparity.weights import fetching

        with rich_watch(verbose) as watch:
            path = fetching.fetch(fetching.published(model, source), mirror, offline, watch)
        typer.echo(path)


def _model_or_none(name: str | None) -> Model | None:
    from netparity.models import model_called

    return None if name is None else model_called(name)


def _format(out: Path, to: str | None) -> Format:
    from netparity.weights import opened

    return opened.named(to) if to is not None else opened.by_ending(out, "output")


def _if_synthetic(source: str, model: Model) -> Model | None:
    return model if source.startswith("synthetic:") else None


def _open(source: str, model: Model | None) -> tuple[Tensors, Model, bool | None]:
    from netparity.models import MODELS
    from netparity.weights import open_weights, resolve

    if source.startswith("synthetic:"):
        network = model or MODELS["vgg16"]
        return resolve(source, network).tensors(), network, None
    file = open_weights(Path(source), model)
    return file.tensors(), file.model, file.contents.dropout


def _show(found: Inspection) -> None:
    from netparity.report.console import rich_table
    from netparity.report.weights import facts, table

    console = make_console()
    for line in facts(found):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(rich_table(table(found, wide=console.width >= _WIDE)))
