"""The other experiments: a grid of settings, a classifier on features, and two stored runs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from netparity.api.comparing import Interpreters, Paths
from netparity.api.described import describes
from netparity.api.findings import Findings
from netparity.api.values import request_of
from netparity.api.watching import Progress, watching
from netparity.report.across import Across, compare_folders
from netparity.run.request import Request
from netparity.sweep.grid import Grid
from netparity.sweep.tables import Sweep
from netparity.sweep.tables import table as sweep_table
from netparity.transfer import tables as transfer_tables
from netparity.transfer.request import Request as TransferRequest
from netparity.transfer.tables import Transfer


@describes(Grid, Request)
def run_sweep(
    images: Paths = (),
    *,
    batches: int | Sequence[int] = (1,),
    threads: int | Sequence[int] = (),
    data_formats: str | Sequence[str] = (),
    runners: str | Sequence[str] = (),
    model: str | Path | None = None,
    weights: str | Path | None = None,
    layers: str | Sequence[str] | None = None,
    rounds: int | Literal["auto"] = 5,
    precision: float | None = None,
    budget_seconds: float | None = None,
    schedule: Literal["interleaved", "sequential"] = "interleaved",
    repeats: int | None = None,
    warmup: int = 1,
    cluster: str | Path | None = None,
    results: str | Path = Path("results"),
    timeout_seconds: float = 600.0,
    environments: Interpreters | None = None,
    progress: Progress = None,
) -> Findings[Sweep]:
    """Time every tool under a grid of batch sizes, threads and data formats.

    Args:
        {settings}
        progress: as for `compare`.

    Returns:
        The table and which setting wins; `result.rows` holds the numbers. Each point of the grid
        is a run in a folder below `folder`, for `load_run`.

    Raises:
        NetparityError: if a setting is invalid or a file cannot be used.
        KeyboardInterrupt: after what was done has been stored; `netparity report` judges it.
    """
    arguments = locals()
    grid = request_of(Grid, arguments)
    # The request's own number of threads is that of a single run.
    of_runs = {name: value for name, value in arguments.items() if name != "threads"}
    request = request_of(Request, of_runs, begun_monotonic=time.monotonic())
    from netparity.sweep.running import run_sweep as run

    with watching(progress) as watch:
        found, _, folder = run(request, grid, watch)
    return Findings(found, (sweep_table(found),), tuple(found.winners), folder)


@describes(TransferRequest)
def run_transfer(
    dataset: str | Path | None = None,
    *,
    runners: str | Sequence[str] = (),
    model: str | Path | None = None,
    weights: str | Path | None = None,
    feature: str = "fc6",
    inputs: str | Sequence[Literal["shared", "native"]] = ("shared", "native"),
    batch: int = 16,
    test_share: float = 0.5,
    seed: int = 0,
    threads: int | None = None,
    results: str | Path = Path("results"),
    resume: str | Path | None = None,
    timeout_seconds: float = 3600.0,
    environments: Interpreters | None = None,
    progress: Progress = None,
) -> Findings[Transfer]:
    """Train a linear classifier on one tool's features and test it on each other's.

    Args:
        {settings}
        progress: as for `compare`.

    Returns:
        The tables of accuracies; `result.cells` holds the numbers.

    Raises:
        NetparityError: if a setting is invalid, a file cannot be used or scikit-learn is missing.
        KeyboardInterrupt: after what was done has been stored; `resume` goes on with it.
    """
    request = request_of(TransferRequest, locals())
    from netparity.transfer.running import run_transfer as run

    with watching(progress) as watch:
        found, folder = run(request, watch)
    shown = tuple(transfer_tables.tables(found))
    return Findings(found, shown, tuple(transfer_tables.remarks(found)), folder)


def compare_runs(
    earlier: str | Path, later: str | Path, phase: str = "predict"
) -> Findings[Across]:
    """Compare the timings of two stored runs: another day, version or machine.

    Args:
        earlier: a run's folder or its run.json.
        later: another one.
        phase: startup, load, preprocess, predict_first or predict.

    Returns:
        A table with a row for every runner that passed parity in both.

    Raises:
        NetparityError: if there is no such phase, a run cannot be read, or their models, layers or
            numbers of images differ.
    """
    found = compare_folders(Path(earlier), Path(later), phase)
    return Findings(found, (found.table,), tuple(found.remarks), None)
