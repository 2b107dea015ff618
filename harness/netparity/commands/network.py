"""`netparity network`: list, show, compare and convert networks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from netparity.commands.shared import EXIT_PARITY, Group, Verbose, make_console, rich_watch

if TYPE_CHECKING:
    from netparity.networks.diff import Diff

_MOST_DIFFERENCES = 40
_WIDE = 120  # columns of a terminal

Named = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="A network of the catalogue, or a file.")
]
InputSize = Annotated[
    str | None,
    typer.Option(
        "--input-size", metavar="H,W", help="Height and width, if the file leaves them open."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(as_json: AsJson = False) -> None:
    """List the networks that netparity knows by name."""
    from netparity.networks.facts import as_dict, catalogue_facts
    from netparity.report.console import rich_table
    from netparity.report.networks import catalogue

    found = catalogue_facts()
    if as_json:
        typer.echo(json.dumps([as_dict(each) for each in found], indent=1))
    else:
        make_console().print(rich_table(catalogue(found)))


def show(
    network: Named,
    input_size: InputSize = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Show a network: its nodes, what it costs, and what each tool can run."""
    from netparity.networks.facts import as_dict, facts
    from netparity.networks.input_size import parse_input_size
    from netparity.networks.opening import open_network
    from netparity.report import networks as report
    from netparity.report.console import rich_table

    found = facts(open_network(network, parse_input_size(input_size)))
    if as_json:
        typer.echo(json.dumps(as_dict(found), indent=1))
        return
    console = make_console()
    for line in report.facts(found):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(rich_table(report.nodes(found, wide=console.width >= _WIDE)))


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A network's name, or a file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    input_size: InputSize = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Compare two networks node by node: do they compute the same function?

    Names, dropout, the spelling of padding and the like make no difference. Exit code 0 if they
    are the same, 1 if not.
    """
    from netparity.networks.diff import diff as compare
    from netparity.networks.input_size import parse_input_size
    from netparity.networks.opening import open_network

    size = parse_input_size(input_size)
    with rich_watch(verbose) as watch:
        found = compare(open_network(first, size), open_network(second, size), watch)
    show_difference(found, first, second, as_json)


def show_difference(found: Diff, first: str, second: str, as_json: bool) -> NoReturn:
    """Print how two networks differ and leave: 0 if they are the same, 1 if not."""
    from netparity.networks.diff import as_dict
    from netparity.report.networks import differences

    if as_json:
        typer.echo(json.dumps(as_dict(found), indent=1))
    else:
        for line in differences(found, first, second, _MOST_DIFFERENCES):
            typer.echo(line)
    raise typer.Exit(0 if found.same else EXIT_PARITY)


def convert(
    network: Annotated[str, typer.Argument(metavar="IN", help="A network's name, or a file.")],
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="By default what OUT's ending says."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(help="synthetic:SEED or a file.", show_default="those of the network's file"),
    ] = None,
    input_size: InputSize = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it is there.")] = False,
    verbose: Verbose = False,
) -> None:
    """Write a network and its weights as another kind of file."""
    from netparity.networks import converting
    from netparity.networks.input_size import parse_input_size
    from netparity.networks.opening import open_network
    from netparity.networks.reading import ReadNetwork
    from netparity.weights.model import resolve_model

    writer = converting.writer_for(out, to)
    size = parse_input_size(input_size)
    with rich_watch(verbose) as watch:
        if weights is None:
            read = open_network(network, size)
        else:
            model = resolve_model(network, weights, watch, size)
            read = ReadNetwork(model.network, model.weights.tensors())
        for note in read.notes:
            watch.message(f"{network}: {note}")
        converting.convert(read, out, writer, force, watch)
    typer.echo(f"{out}: {writer.title}, {read.network.name}")


list_.__name__ = "list"
network = Group(
    "List, show, compare and convert networks.",
    (list_, show, diff, convert),
)
