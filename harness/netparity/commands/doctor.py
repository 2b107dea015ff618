"""netparity doctor: what can run here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from netparity.commands.options import takes
from netparity.commands.shared import Verbose, make_console
from netparity.run.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from netparity.runners.doctor import Examined


@takes(Request, only=("environments",))
def doctor(
    request: Request,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Say which runners can run here, in which versions, and what the others need."""
    from netparity.runners import interpreter_names, unusable_runners
    from netparity.runners.doctor import examine, options_in_words
    from netparity.runners.interpreters import unknown_variables

    found = list(examine(request.environments))
    problems = [*unusable_runners(), *unknown_variables(interpreter_names())]
    if as_json:
        typer.echo(json.dumps(_document(found, problems), indent=1))
        return
    console = make_console()
    _show(found, console)
    lines = [*problems, *(options_in_words() if verbose else ())]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _show(found: Sequence[Examined], console: Console) -> None:
    """The runners by what stands in their way."""
    from netparity.runners.doctor import STATES

    for state in STATES:
        rows = [row for row in found if row.state == state]
        if rows:
            console.print(f"[bold]{state.capitalize()}[/]")
        for row in rows:
            for number, line in enumerate(_lines(row)):
                mark = "[green]✓[/] " if row.availability.available else "[yellow]–[/] "
                console.print("    " if number else mark, end="")
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print("[bold]Any other program[/]")
    words = "external  a program that speaks the protocol: --runner 'external[command=PROGRAM]'"
    console.print(f"  {words}", markup=False, highlight=False, soft_wrap=True)


def _lines(row: Examined) -> list[str]:
    """What is said of one runner."""
    found = row.availability
    lines = [
        f"{row.name}  " + ", ".join(f"{key} {version}" for key, version in found.versions.items())
    ]
    if found.found:
        lines.append(found.found)
    if not found.available:
        lines = [f"{row.name}  not available: {found.reason}", f"fix: {found.fix}"]
        if row.needs and found.can_set_up:
            lines.append(f"needs: {row.needs}")
    for option, path in row.interpreters.items():
        lines.append(f"your own interpreter: {path} ({option})")
    if row.package:
        lines.append(f"from the package {row.package}")
    return lines


def _document(found: Sequence[Examined], problems: Sequence[str]) -> dict[str, object]:
    """The same as JSON; what is not known is null."""
    return {
        "runners": [
            {
                "name": row.name,
                "state": row.state,
                "versions": dict(row.availability.versions),
                "reason": row.availability.reason or None,
                "fix": row.availability.fix or None,
                "found": row.availability.found or None,
                "download_megabytes": row.stack.download_megabytes if row.stack else None,
                "disk_megabytes": row.stack.disk_megabytes if row.stack else None,
                "system_packages": list(row.packages),
                "interpreters": {option: str(path) for option, path in row.interpreters.items()},
                "package": row.package or None,
            }
            for row in found
        ],
        "problems": list(problems),
    }
