"""What every command shares: exit codes, some options, and how errors are reported."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from netparity.commands import stopping
from netparity.commands.own_command import as_typed_here
from netparity.commands.width import console_width

if TYPE_CHECKING:
    from rich.console import Console

    from netparity.commands.progress import RichWatch

BEGUN = time.monotonic()
"""When the program began, so that its imports count as its own time."""

EXIT_PARITY, EXIT_USAGE, EXIT_RUNNER, EXIT_DEFECT = 1, 2, 3, 70

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more; show tracebacks.")]

OtherWeights = Annotated[
    list[str] | None,
    typer.Option(
        "--other-weights", metavar="WEIGHTS", help="Weights that may have been taken by mistake."
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        min=0, metavar="SECONDS", help="For how long to look for the cause.", show_default="60"
    ),
]
Phase = Annotated[
    str,
    typer.Option(help="Whose seconds: startup, load, preprocess, predict_first, predict."),
]
Feature = Annotated[
    str | None, typer.Option(help="Whose error.", show_default="each runner's worst")
]


@dataclass(frozen=True)
class Group:
    """Commands behind a common word, as `netparity weights inspect`, in the order of the help."""

    help: str
    commands: tuple[Callable[..., None], ...]


def rich_watch(verbose: bool) -> RichWatch:
    """Progress in a terminal."""
    from netparity.commands.progress import RichWatch

    return RichWatch(verbose)


def make_console(stderr: bool = False) -> Console:
    """Where tables are printed; a reader who has seen enough, as head, ends it in peace."""
    from rich.console import Console
    from rich.text import Text

    def _with_commands(shown: Any) -> Any:
        if isinstance(shown, Text) and (plain := as_typed_here(shown.plain)) != shown.plain:
            return Text(plain, shown.style)
        return as_typed_here(shown) if isinstance(shown, str) else shown

    class Quiet(Console):
        def print(self, *objects: Any, **settings: Any) -> None:
            super().print(*map(_with_commands, objects), **settings)

        def on_broken_pipe(self) -> None:
            self.quiet = True
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, sys.stdout.fileno())
            raise SystemExit(0)

    return Quiet(stderr=stderr, width=console_width())


def reporting_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with its errors reported as `errors` reports them."""

    @wraps(command)
    def run(**given: Any) -> None:
        with errors(bool(given.get("verbose"))):
            command(**given)

    return run


@contextmanager
def errors(verbose: bool) -> Iterator[None]:
    """One clear sentence and an exit code for everything that a user can mend."""
    from netparity.errors import NetparityError

    try:
        yield
    except KeyboardInterrupt:
        fail(stopping.words(), stopping.exit_code())
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if stopping.received:  # a library turned the interrupt into an error of its own
            fail(stopping.words(), stopping.exit_code())
        if isinstance(error, (NetparityError, OSError, MemoryError, RecursionError)):
            if verbose:
                traceback.print_exc()
            fail(f"error: {_words(error)}", EXIT_USAGE)
        # Not 1, which says that parity failed.
        traceback.print_exc()
        fail("this is a defect of netparity; please report it with the lines above", EXIT_DEFECT)


def _words(error: Exception) -> str:
    """An error in words, also where a file or an option asks for what this machine cannot give."""
    if isinstance(error, RecursionError):
        return "a file is nested too deeply to be read; --verbose shows where it was read"
    if not isinstance(error, MemoryError):
        return str(error)
    needed = f": {error}" if str(error) else ""
    return f"there is not enough memory for this{needed}; --verbose shows for what it was"


def fail(message: str, code: int) -> NoReturn:
    """End with a sentence."""
    typer.echo(f"netparity: {as_typed_here(message)}", err=True)
    raise typer.Exit(code)
