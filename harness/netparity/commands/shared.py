"""What every command shares: exit codes, options, and how errors are told."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from netparity.commands.progress import RichWatch
    from netparity.runners.environments import Environments

BEGUN = time.monotonic()
"""When the program began, so that its imports count as its own time."""

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

Runners = Annotated[
    list[str] | None,
    typer.Option("--runner", "-r", metavar="NAME[key=value,...]", help="Repeat for several."),
]
Model = Annotated[str, typer.Option(help="vgg16, vgg19, and their -tiny and -notop.")]
Weights = Annotated[
    str, typer.Option(help="synthetic:SEED, or a file in any format (docs/weights.md).")
]
Layers = Annotated[
    str | None, typer.Option(help="Features, as fc6,fc7 or all.", show_default="fc6,fc7")
]
Precision = Annotated[
    float | None,
    typer.Option(help="Half-width of a ratio's 95 % interval.", show_default="0.03"),
]
Repeats = Annotated[int, typer.Option(min=1, max=100_000, help="Timings per process.")]
Warmup = Annotated[int, typer.Option(min=0, max=100_000, help="Untimed runs before.")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=4096, help="Threads per tool.", show_default="all")
]
Timeout = Annotated[float, typer.Option(min=0.1, help="Seconds for one process.")]

Relative = Annotated[
    float | None,
    typer.Option("--max-relative-l2", help="Pass up to this error instead of by the noise floor."),
]
Atol = Annotated[
    float | None, typer.Option(help="Pass if |x - r| <= atol + rtol |r| for every value.")
]
Rtol = Annotated[float | None, typer.Option(help="See --atol.")]
OtherWeights = Annotated[
    list[str] | None,
    typer.Option(
        "--other-weights", metavar="WEIGHTS", help="Weights that may have been taken by mistake."
    ),
]
Phase = Annotated[
    str,
    typer.Option(help="Whose seconds: startup, load, preprocess, predict_first, predict."),
]
Feature = Annotated[
    str | None, typer.Option(help="Whose error.", show_default="each runner's worst")
]


def chosen_environments(pairs: list[str] | None) -> Environments:
    """The environments of runners, with the interpreters that the user named."""
    from netparity.runners import RUNNERS
    from netparity.runners.environments import Environments, parse_overrides

    names = [name for kind in RUNNERS for name in kind.interpreters()]
    return Environments(parse_overrides(pairs or [], names))


def rich_watch(verbose: bool) -> RichWatch:
    """Progress in a terminal."""
    from netparity.commands.progress import RichWatch

    return RichWatch(verbose)


def rounds_given(text: str) -> int | Literal["auto"]:
    """What `--rounds` was given.

    Raises:
        UsageError: if it is no such number.
    """
    if text == "auto":
        return "auto"
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        from netparity.errors import UsageError

        raise UsageError(f"--rounds {text!r}: expected a number from 1 to 1000, or auto")
    return int(text)


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
