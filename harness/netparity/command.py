"""What every command shares: exit codes, options, and how errors are told."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from netparity.environments import Environments
    from netparity.progress import RichWatch

EXIT_PARITY, EXIT_USAGE, EXIT_RUNNER, EXIT_DEFECT, EXIT_INTERRUPTED = 1, 2, 3, 70, 130

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more; show tracebacks.")]
Python = Annotated[
    list[str] | None,
    typer.Option(
        "--python",
        metavar="RUNNER=PATH",
        help="Use this interpreter for a runner instead of making an environment.",
    ),
]


def chosen_environments(pairs: list[str] | None) -> Environments:
    """The environments of runners, with the interpreters that the user named."""
    from netparity.environments import Environments, parse_overrides
    from netparity.runners import RUNNERS

    names = [kind.name for kind in RUNNERS if kind.runs_in_python]
    return Environments(parse_overrides(pairs or [], names))


def rich_watch(verbose: bool) -> RichWatch:
    """Progress in a terminal."""
    from netparity.progress import RichWatch

    return RichWatch(verbose)


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
