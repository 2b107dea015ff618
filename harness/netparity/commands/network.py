"""`netparity network`: list, show, compare and convert networks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from netparity.commands.completing import network_names
from netparity.commands.own_command import as_typed_here
from netparity.commands.shared import EXIT_PARITY, Group, Verbose, make_console, rich_watch

if TYPE_CHECKING:
    from netparity.networks.diff import Diff

_MOST_DIFFERENCES = 40
_WIDE = 120  # columns of a terminal

Named = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE",
        help="A name (netparity network list), or a file.",
        autocompletion=network_names,
    ),
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
    from netparity.runners.frameworks import FRAMEWORKS

    found = catalogue_facts()
    if as_json:
        typer.echo(json.dumps([as_dict(each) for each in found], indent=1))
        return
    console = make_console()
    console.print(rich_table(catalogue(found)))
    for framework in FRAMEWORKS.values():
        line = f"{framework.prefix}:NAME  any network of {framework.title} by its name there"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def show(
    network: Named,
    input_size: InputSize = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Show a network: its nodes, what it costs, and what each tool can run."""
    from netparity.networks.facts import as_dict, facts
    from netparity.networks.input_size import parse_input_size
    from netparity.report import networks as report
    from netparity.report.console import rich_table
    from netparity.runners.environments import Environments
    from netparity.runners.named_networks import open_named

    with rich_watch(verbose) as watch:
        found = facts(open_named(network, Environments(), watch, parse_input_size(input_size)))
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
    from netparity.runners.environments import Environments
    from netparity.runners.named_networks import open_named

    size, environments = parse_input_size(input_size), Environments()
    with rich_watch(verbose) as watch:
        a, b = (open_named(each, environments, watch, size) for each in (first, second))
        found = compare(a, b, watch)
    show_difference(found, first, second, as_json)


def show_difference(found: Diff, first: str, second: str, as_json: bool) -> NoReturn:
    """Print how two networks differ and leave: 0 if they are the same, 1 if not."""
    from netparity.networks.diff import as_dict
    from netparity.report.networks import differences

    if as_json:
        typer.echo(json.dumps(as_dict(found), indent=1))
    else:
        for line in differences(found, first, second, _MOST_DIFFERENCES):
            typer.echo(as_typed_here(line))
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
    from netparity.networks.reading import ReadNetwork
    from netparity.runners.environments import Environments
    from netparity.runners.named_networks import named_networks, open_named
    from netparity.weights.model import resolve_model

    writer = converting.writer_for(out, to)
    size = parse_input_size(input_size)
    with rich_watch(verbose) as watch:
        if weights is None:
            read = open_named(network, Environments(), watch, size)
        else:
            named = named_networks(network, weights, Environments(), watch, size)
            model = resolve_model(*named, watch, size)
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
