"""The command line: parses, prints, sets exit codes. No logic."""

from __future__ import annotations

import codecs
import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netparity import __version__
from netparity.command import (
    EXIT_PARITY,
    EXIT_RUNNER,
    Layers,
    Model,
    Precision,
    Python,
    Repeats,
    Runners,
    Threads,
    Timeout,
    Verbose,
    Warmup,
    Weights,
    chosen_environments,
    errors,
    make_console,
    rich_watch,
    rounds_given,
)
from netparity.replay_command import replay
from netparity.report_command import plot, report, show_run
from netparity.transfer_command import transfer
from netparity.weights_command import weights_app

if TYPE_CHECKING:
    from netparity.protocol import Run
    from netparity.report.sweep import Sweep

_BEGUN = time.monotonic()

app = typer.Typer(
    help="Do several tools compute the same features from one network, and at what cost?",
    epilog="Exit codes: 0 all fine, 1 parity failed, 2 usage or input error, 3 a runner failed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # drawing the help with rich would double its time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(weights_app, name="weights")

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


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"netparity {__version__}")
        raise typer.Exit


@app.command()
def compare(
    images: Annotated[
        list[Path] | None, typer.Argument(metavar="[IMAGE]...", help="Default: a sample image.")
    ] = None,
    runner: Runners = None,
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    layers: Layers = None,
    rounds: Annotated[
        str, typer.Option(metavar="N|auto", help="Processes per runner, or until it is precise.")
    ] = "5",
    precision: Precision = None,
    budget: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Begin no more rounds then.", show_default="300"),
    ] = None,
    repeats: Repeats = 5,
    warmup: Warmup = 1,
    threads: Threads = None,
    affinity: Annotated[
        str | None, typer.Option(metavar="CPUS", help="Processors to run on, as 0-3.")
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(metavar="BYTES", help="What each process may ask for, as 8G.")
    ] = None,
    compile_cache: Annotated[
        str | None,
        typer.Option(
            metavar="cold|warm", help="What Theano finds compiled already.", show_default="warm"
        ),
    ] = None,
    per_layer: Annotated[
        bool, typer.Option("--per-layer", help="Time every layer, after everything else.")
    ] = False,
    reference: Annotated[
        str | None,
        typer.Option(help="Label that timings are put in ratio to.", show_default="the first"),
    ] = None,
    matconvnet: Annotated[
        str | None,
        typer.Option(
            metavar="auto|compat|require",
            help="MatConvNet itself, compatibility functions, or what there is.",
            show_default="auto",
        ),
    ] = None,
    matconvnet_root: Annotated[
        Path | None,
        typer.Option(help="Folder of your MatConvNet.", show_default="MATCONVNET_ROOT"),
    ] = None,
    max_relative_l2: Relative = None,
    atol: Atol = None,
    rtol: Rtol = None,
    out: Annotated[Path, typer.Option(help="Folder that gets the run's folder.")] = Path("results"),
    timeout: Timeout = 600.0,
    python: Python = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Run every tool on one image, judge the features and compare the timings."""
    with errors(verbose):
        from netparity.pipeline import Request
        from netparity.pipeline import compare as run_compare

        request = Request(
            images=images or [],
            runners=runner or [],
            model=model,
            weights=weights,
            layers=layers,
            rounds=rounds_given(rounds),
            precision=precision,
            budget_seconds=budget,
            affinity=affinity,
            memory_limit=memory_limit,
            compile_cache=compile_cache,
            per_layer=per_layer,
            repeats=repeats,
            warmup=warmup,
            threads=threads,
            reference=reference,
            matconvnet=matconvnet,
            matconvnet_root=matconvnet_root,
            max_relative_l2=max_relative_l2,
            atol=atol,
            rtol=rtol,
            results=out,
            timeout_seconds=timeout,
            environments=chosen_environments(python),
            command=["netparity", *sys.argv[1:]],
            begun_monotonic=_BEGUN,
        )
        with rich_watch(verbose) as watch:
            run, store = run_compare(request, watch)
        show_run(run, store, as_json)
        raise typer.Exit(_exit_code(run, asked_for=bool(runner)))


@app.command()
def sweep(
    images: Annotated[
        list[Path] | None, typer.Argument(metavar="[IMAGE]...", help="Repeated to fill a batch.")
    ] = None,
    batch: Annotated[str, typer.Option(metavar="N,N", help="Images per prediction.")] = "1",
    threads: Annotated[
        str | None, typer.Option(metavar="N,N", help="Threads per tool.", show_default="all")
    ] = None,
    data_format: Annotated[
        str | None,
        typer.Option(metavar="ORDER,ORDER", help="channels_last, channels_first or both."),
    ] = None,
    runner: Runners = None,
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    layers: Layers = None,
    rounds: Annotated[
        str, typer.Option(metavar="N|auto", help="Processes per runner and setting.")
    ] = "5",
    precision: Precision = None,
    budget: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Begin no more rounds then.")
    ] = None,
    repeats: Repeats = 5,
    warmup: Warmup = 1,
    out: Annotated[Path, typer.Option(help="Folder that gets the sweep's folder.")] = Path(
        "results"
    ),
    timeout: Timeout = 600.0,
    python: Python = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print sweep.json on stdout.")] = False,
    verbose: Verbose = False,
) -> None:
    """Time every tool under a grid of batch sizes, threads and data formats."""
    with errors(verbose):
        from netparity.pipeline import Request
        from netparity.sweeping import Grid, run_sweep

        request = Request(
            images=images or [],
            runners=runner or [],
            model=model,
            weights=weights,
            layers=layers,
            rounds=rounds_given(rounds),
            precision=precision,
            budget_seconds=budget,
            repeats=repeats,
            warmup=warmup,
            results=out,
            timeout_seconds=timeout,
            environments=chosen_environments(python),
            command=["netparity", *sys.argv[1:]],
        )
        grid = Grid(
            batches=_numbers("--batch", batch),
            threads=_numbers("--threads", threads) if threads else (),
            data_formats=[each.strip() for each in data_format.split(",")] if data_format else (),
        )
        with rich_watch(verbose) as watch:
            found, runs, folder = run_sweep(request, grid, watch)
        _show_sweep(found, folder, as_json)
        raise typer.Exit(max(_exit_code(run, asked_for=bool(runner)) for run in runs))


def _numbers(option: str, text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        from netparity.errors import UsageError

        raise UsageError(f"{option} {text!r}: expected numbers such as 1,2,4")
    return [int(part) for part in parts]


app.command()(report)
app.command()(plot)


@app.command("compare-runs")
def compare_runs(
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="A folder below results/.")],
    later: Annotated[Path, typer.Argument(metavar="LATER", help="Another one.")],
    phase: Annotated[str, typer.Option(help="Which seconds.")] = "predict",
    verbose: Verbose = False,
) -> None:
    """Compare the timings of two stored runs: another day, version or machine."""
    with errors(verbose):
        from netparity.across import compare_folders
        from netparity.report.console import rich_table

        found = compare_folders(earlier, later, phase)
        make_console().print(rich_table(found.table))
        for remark in found.remarks:
            typer.echo(f"• {remark}")


@app.command()
def history(
    results: Annotated[Path, typer.Argument(help="Folder of the runs.")] = Path("results"),
    verbose: Verbose = False,
) -> None:
    """List the stored runs, with what each runner took."""
    with errors(verbose):
        from netparity.across import history as list_runs
        from netparity.report.console import rich_table

        make_console().print(rich_table(list_runs(results)))


app.command()(replay)
app.command()(transfer)


@app.command()
def diagnose(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="A folder below results/.")],
    runner: Annotated[
        list[str] | None,
        typer.Option(
            "--runner",
            "-r",
            metavar="LABEL",
            help="Repeat for several.",
            show_default="those that failed parity",
        ),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="The run's weights, if they left the cache.")
    ] = None,
    other_weights: OtherWeights = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    verbose: Verbose = False,
) -> None:
    """Say which layers of which runner are faulty, why, and what to change."""
    with errors(verbose):
        from netparity import diagnosing

        with rich_watch(verbose) as watch:
            found, store = diagnosing.diagnose_folder(
                run_dir, runner or [], weights, other_weights or [], watch
            )
        if as_json:
            typer.echo(diagnosing.as_json(found))
        else:
            typer.echo(diagnosing.as_text(found), nl=False)
            typer.echo(f"stored in {store.path / diagnosing.FILE}")


@app.command()
def check(
    features: Annotated[
        Path, typer.Argument(metavar="FEATURES", help=".npy, .npz, .mat, .h5, .csv or .json.")
    ],
    image: Annotated[
        list[Path] | None, typer.Option("--image", "-i", help="What they are of; repeatable.")
    ] = None,
    tensor: Annotated[
        Path | None,
        typer.Option("--input", help="Instead of images, the network's input as .npy."),
    ] = None,
    feature: Annotated[str, typer.Option(help="The layer, by its name in any tool.")] = "fc6",
    model: Model = "vgg16",
    weights: Weights = "synthetic:0",
    variable: Annotated[str | None, typer.Option(help="Which variable of the file.")] = None,
    before_activation: Annotated[
        bool, typer.Option("--before-activation", help="Wanted is the value before the ReLU.")
    ] = False,
    max_relative_l2: Relative = None,
    atol: Atol = None,
    rtol: Rtol = None,
    other_weights: OtherWeights = None,
    diagnosis: Annotated[
        bool, typer.Option("--diagnose/--no-diagnose", help="Look for the cause if they fail.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    verbose: Verbose = False,
) -> None:
    """Judge features that someone else computed; no tool is run."""
    with errors(verbose):
        from netparity import checking

        with rich_watch(verbose) as watch:
            checked = checking.check(
                features,
                model=model,
                weights=weights,
                image=image or None,
                tensor=tensor,
                feature=feature,
                variable=variable,
                before_activation=before_activation,
                max_relative_l2=max_relative_l2,
                atol=atol,
                rtol=rtol,
                diagnose=diagnosis,
                other_weights=other_weights or [],
                watch=watch,
            )
        typer.echo(checking.as_json(checked) if as_json else str(checked))
        raise typer.Exit(0 if checked.passed else EXIT_PARITY)


@app.command()
def doctor(python: Python = None, verbose: Verbose = False) -> None:
    """Say which runners can run here, in which versions, and what the others need."""
    with errors(verbose):
        from netparity.doctor import examine
        from netparity.runners import RUNNERS

        environments = chosen_environments(python)
        console = make_console()
        for name, availability in examine(environments):
            if availability.available:
                versions = ", ".join(
                    f"{key} {value}" for key, value in availability.versions.items()
                )
                console.print(f"[green]✓[/] [bold]{name}[/]  {versions}")
                if availability.found:
                    console.print(f"    {availability.found}", markup=False, highlight=False)
            else:
                console.print(f"[yellow]–[/] [bold]{name}[/]  not available: ", end="")
                console.print(availability.reason, markup=False, highlight=False)
                console.print(f"    to mend it: {availability.fix}", markup=False, highlight=False)
        if verbose:
            for kind in RUNNERS:
                for key, option in kind.options.items():
                    console.print(
                        f"{kind.name}[{key}={'|'.join(option.choices)}]: {option.help}",
                        markup=False,
                        highlight=False,
                    )


@app.command()
def setup(
    runners: Annotated[
        list[str] | None, typer.Argument(metavar="[RUNNER]...", help="Default: all.")
    ] = None,
    python: Python = None,
    verbose: Verbose = False,
) -> None:
    """Make the environments and install the system packages that the runners need."""
    with errors(verbose):
        from netparity.doctor import set_up

        failed = False
        environments = chosen_environments(python)
        with rich_watch(verbose) as watch:
            for name, problem in set_up(runners or [], environments, watch):
                if problem is None:
                    watch.message(f"{name}: ready")
                else:
                    failed = failed or bool(runners)
                    watch.warning(f"{name}: {problem}")
        raise typer.Exit(EXIT_RUNNER if failed else 0)


@app.command()
def schema() -> None:
    """Print the JSON Schema of job.json, result.json and run.json."""
    import json

    from netparity.protocol import json_schemas

    typer.echo(json.dumps(json_schemas(), indent=1))


# --- helpers --------------------------------------------------------------------------------


def _show_sweep(found: Sweep, folder: Path, as_json: bool) -> None:
    from netparity.report import sweep as tables
    from netparity.report.console import rich_table

    if as_json:
        typer.echo(tables.as_json(found), nl=False)
    console = make_console(stderr=as_json)
    console.print(rich_table(tables.table(found)))
    for sentence in found.winners:
        console.print(f"• {sentence}", markup=False, highlight=False)
    console.print(f"stored in {folder}", markup=False, highlight=False, soft_wrap=True)


def _exit_code(run: Run, asked_for: bool) -> int:
    from netparity.report.outcomes import parity_passed

    statuses = [record.status for record in run.runners]
    if "failed" in statuses or "ok" not in statuses or (asked_for and "unavailable" in statuses):
        return EXIT_RUNNER
    agreed = all(parity_passed(run, r.label) for r in run.runners if r.status == "ok")
    return 0 if agreed else EXIT_PARITY


_PLAIN = {"–": "-", "—": "-", "×": "x", "≠": "!=", "…": "...", "•": "*", "µ": "u", "─": "-"}


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """What a terminal that cannot show a mark shows in its place; "?" is a mark of its own."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    marks = error.object[error.start : error.end]
    return "".join(_PLAIN.get(mark, "_") for mark in marks), error.end


def main() -> None:
    """Entry point of the console script."""
    codecs.register_error("plainly", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainly")
    app()


if __name__ == "__main__":
    main()
