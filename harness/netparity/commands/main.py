"""The command line: parses, prints, sets exit codes. No logic."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from netparity._version import __version__
from netparity.commands.cache import cache
from netparity.commands.check import check
from netparity.commands.compare import compare
from netparity.commands.compare_runs import compare_runs
from netparity.commands.dataset import dataset
from netparity.commands.diagnose import diagnose
from netparity.commands.doctor import doctor
from netparity.commands.extractors import extractors
from netparity.commands.history import history
from netparity.commands.merge import merge
from netparity.commands.network import network
from netparity.commands.own_command import NAME, own_command
from netparity.commands.plot import plot
from netparity.commands.replay import replay
from netparity.commands.report import report
from netparity.commands.schema import schema
from netparity.commands.setup import setup
from netparity.commands.shared import Group, reporting_errors
from netparity.commands.sweep import sweep
from netparity.commands.timing_check import timing_check
from netparity.commands.transfer import transfer
from netparity.commands.weights import weights

COMMANDS: dict[str, Callable[..., None] | Group] = {
    "compare": compare,
    "sweep": sweep,
    "dataset": dataset,
    "merge": merge,
    "report": report,
    "plot": plot,
    "compare-runs": compare_runs,
    "history": history,
    "replay": replay,
    "transfer": transfer,
    "diagnose": diagnose,
    "check": check,
    "timing-check": timing_check,
    "doctor": doctor,
    "setup": setup,
    "cache": cache,
    "schema": schema,
    "extractors": extractors,
    "weights": weights,
    "network": network,
}
"""Every command by its name, in the order of the help; a new one is one file and one line."""


def _typer(help: str, **settings: Any) -> typer.Typer:
    return typer.Typer(
        help=help,
        no_args_is_help=True,
        rich_markup_mode=None,  # drawing the help with rich would double its time
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,
    )


app = _typer(
    "Do several tools compute the same features from one network, and at what cost?",
    epilog="Exit codes: 0 all fine, 1 parity failed, 2 usage or input error, 3 a runner failed.",
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"netparity {__version__}")
        raise typer.Exit


for name, command in COMMANDS.items():
    if isinstance(command, Group):
        group = _typer(command.help)
        for each in command.commands:
            group.command()(reporting_errors(each))
        app.add_typer(group, name=name)
    else:
        app.command(name)(reporting_errors(command))


_COMPLETE = "_NETPARITY_COMPLETE"
_PLAIN = {"–": "-", "—": "-", "×": "x", "≠": "!=", "…": "...", "•": "*", "µ": "u", "─": "-"}


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """What a terminal that cannot show a mark shows in its place; "?" is a mark of its own."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    marks = error.object[error.start : error.end]
    return "".join(_PLAIN.get(mark, "_") for mark in marks), error.end


def _about_completion() -> bool:
    """Whether a shell asks for completions, or is told how to: of the program's plain name."""
    asked = {"--install-completion", "--show-completion"}
    return _COMPLETE in os.environ or not asked.isdisjoint(sys.argv[1:])


def main() -> None:
    """Entry point of the console script."""
    codecs.register_error("plainly", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainly")
    app(prog_name=NAME if _about_completion() else own_command(), complete_var=_COMPLETE)
