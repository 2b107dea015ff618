"""The page of the command line, made from the parser: every command with all that it takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import typer
from made import Made, plain, table
from sphinx.application import Sphinx

from netparity.commands.main import app


class CommandLine(Made):
    """The directive `command-line`."""

    def markdown(self) -> Iterable[str]:
        """Return a section for each command, in the order of the help."""
        root = typer.main.get_command(app)
        yield from _section("netparity", root, level=2)
        yield from _commands("netparity", root, level=2)


def _commands(name: str, group: Any, level: int) -> Iterator[str]:
    for word, command in group.commands.items():
        yield from _section(f"{name} {word}", command, level)
        if hasattr(command, "commands"):
            yield from _commands(f"{name} {word}", command, level + 1)


def _section(name: str, command: Any, level: int) -> Iterator[str]:
    context = typer.Context(command, info_name=name)
    pieces = " ".join(command.collect_usage_pieces(context))
    yield from ("", f"{'#' * level} {name}", "", "```text", f"{name} {pieces}", "```", "")
    yield plain(inspect.cleandoc(command.help or ""))
    shown = [each for each in command.get_params(context) if not getattr(each, "hidden", False)]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    if arguments:
        yield from table(("argument", "meaning"), map(_argument(context), arguments))
    options = [each for each in shown if each.param_type_name == "option"]
    if options:
        yield from table(("option", "meaning"), (_option(each, context) for each in options))
    if command.epilog:
        yield plain(command.epilog)


def _argument(context: typer.Context) -> Any:
    def cells(argument: Any) -> tuple[str, str]:
        name, meaning = argument.get_help_record(context)
        return _code(name.partition(" <")[0]), plain(meaning)

    return cells


def _option(option: Any, context: typer.Context) -> tuple[str, str]:
    names, meaning = option.get_help_record(context)
    return _code(names), plain(meaning)


def _code(text: str) -> str:
    return f"`{text}`"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
