"""`netparity weights`: make, inspect, convert, verify and fetch weight files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.own_command import as_typed_here
from netparity.commands.shared import EXIT_PARITY, Group, Verbose, make_console, rich_watch
from netparity.run.request import Request

if TYPE_CHECKING:
    from netparity.networks import Network
    from netparity.watch import Watch
    from netparity.weights.inspection import Inspection

_WIDE = 120  # columns of a terminal

ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="What the file holds: a name, torchvision:NAME, keras:NAME, or a file that states it.",
        show_default="found out",
    ),
]
MapFile = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="Says which layer of the model is which of FILE."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="FORMAT", help="By default what OUT's ending says.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace OUT if it is there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Source = Annotated[str, typer.Argument(metavar="FILE", help="A weight file, or synthetic:SEED.")]


@takes(Request, only=("model",))
def make(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    request: Request,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other weights.")] = 0,
    to: To = None,
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Write synthetic weights: numbers of the right size that no one has trained."""
    from netparity.networks import network_called
    from netparity.weights import converting, synthetic
    from netparity.weights.model import DEFAULT_MODEL
    from netparity.weights.named import output_format

    network = network_called(request.model or DEFAULT_MODEL)
    with rich_watch(verbose) as watch:
        tensors = synthetic.make(network, seed, watch)
        sha256 = converting.convert(tensors, network, out, output_format(out, to), force, watch)
    typer.echo(f"{out}: synthetic weights of {network.name}, seed {seed}, SHA-256 {sha256}")


def inspect(
    file: Annotated[Path, typer.Argument(help="A weight file.")],
    model: ModelName = None,
    map_file: MapFile = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Say what a file holds: format, model, arrays, ranges, layout and how it was told."""
    from netparity.weights import inspection, open_weights

    with rich_watch(verbose) as watch:
        found = inspection.inspect(
            open_weights(file, _network_or_none(model, watch), map_file), watch
        )
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=1))
    else:
        _show(found)


def convert(
    file: Source,
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    to: To = None,
    model: ModelName = None,
    map_file: MapFile = None,
    apply: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANGE[=LAYER,...]", help="A change that verify names."),
    ] = None,
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Write the same weights in another format."""
    from netparity.weights import converting
    from netparity.weights.named import open_named, output_format

    format_ = output_format(out, to)
    with rich_watch(verbose) as watch:
        source = open_named(file, _network_or_none(model, watch), map_file)
        tensors = converting.changed(source.tensors, source.model, apply or [])
        sha256 = converting.convert(tensors, source.model, out, format_, force, watch)
    typer.echo(f"{out}: {format_.title}, {source.model.name}, SHA-256 {sha256}")


def verify(
    first: Annotated[str, typer.Argument(metavar="A", help="A weight file, or synthetic:SEED.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    model: ModelName = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Compare two sets of weights; if they differ by a known change, name it and its fix.

    Where both files state a network, its structure is compared too. Exit code 0 if they are the
    same as they stand, 1 if not.
    """
    from netparity.runners.environments import Environments
    from netparity.runners.named_networks import file_of
    from netparity.weights import verifying

    with rich_watch(verbose) as watch:
        a, b = (file_of(each, Environments(), watch) for each in (first, second))
        both = verifying.open_both(a, b, _network_or_none(model, watch), (first, second))
        verdict = verifying.verify(*both, watch)
    if as_json:
        typer.echo(json.dumps(verdict.as_dict(), indent=1))
    else:
        typer.echo(as_typed_here("\n".join(verdict.lines)))
    raise typer.Exit(0 if verdict.same else EXIT_PARITY)


def fetch(
    model: Annotated[str, typer.Argument(help="A network, such as vgg16 or resnet50.")],
    source: Annotated[str, typer.Option(help="keras or matconvnet.")] = "keras",
    mirror: Annotated[
        str | None, typer.Option(metavar="URL", help="A folder that has the file of that name.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Look into the cache alone.")] = False,
    verbose: Verbose = False,
) -> None:
    """Fetch published weights, check their MD5, and print where they lie."""
    from netparity.weights.fetching import fetch as fetched
    from netparity.weights.published import published

    with rich_watch(verbose) as watch:
        path = fetched(published(model, source), mirror, offline, watch)
    typer.echo(path)


def _network_or_none(name: str | None, watch: Watch) -> Network | None:
    """The network of the catalogue, of a framework, or that a file states; None for no name."""
    from netparity.networks import network_called
    from netparity.runners.environments import Environments
    from netparity.runners.frameworks import framework_of
    from netparity.runners.named_networks import open_named

    if name is None:
        return None
    if framework_of(name) is None and not Path(name).exists():
        return network_called(name)
    return open_named(name, Environments(), watch).network


def _show(found: Inspection) -> None:
    from netparity.report.console import rich_table
    from netparity.report.weights import facts, table

    console = make_console()
    for line in facts(found):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(rich_table(table(found, wide=console.width >= _WIDE)))


weights = Group(
    "Make, inspect, convert, compare and fetch weight files.",
    (make, inspect, convert, verify, fetch),
)
