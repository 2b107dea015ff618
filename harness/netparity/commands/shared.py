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

if TYPE_CHECKING:
    from rich.console import Console

    from netparity.commands.progress import RichWatch

BEGUN = time.monotonic()
"""When the program began, so that its imports count as its own time."""

EXIT_PARITY, EXIT_USAGE, EXIT_RUNNER, EXIT_DEFECT, EXIT_INTERRUPTED = 1, 2, 3, 70, 130

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

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            devnull = os.open(os.devnull, os.O_WRONLY)
            os.dup2(devnull, sys.stdout.fileno())
            raise SystemExit(0)

    return Quiet(stderr=stderr)


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
    except (NetparityError, OSError) as error:
        if verbose:
            traceback.print_exc()
        fail(f"error: {error}", EXIT_USAGE)
    except (typer.Exit, typer.Abort):
        raise
    except Exception:
        # Not 1, which says that parity failed.
        traceback.print_exc()
        fail("this is a defect of netparity; please report it with the lines above", EXIT_DEFECT)
    except KeyboardInterrupt:
        fail("interrupted", EXIT_INTERRUPTED)


def fail(message: str, code: int) -> NoReturn:
    """End with a sentence."""
    typer.echo(f"netparity: {message}", err=True)
    raise typer.Exit(code)
