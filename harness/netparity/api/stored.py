"""What is stored already: reading it, and looking for the causes of disagreement in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netparity.api.watching import Progress, watching
from netparity.judge.diagnose import RunnerDiagnosis, diagnose_run
from netparity.judge.time_limit import BUDGET_SECONDS
from netparity.report.notebook import LoadedRun
from netparity.report.notebook_dataset import LoadedDataset
from netparity.results.folder import RunFolder


def diagnose(
    path: str | Path,
    runners: str | Sequence[str] = (),
    *,
    weights: str | Path | None = None,
    other_weights: str | Path | Sequence[str | Path] = (),
    budget_seconds: float = BUDGET_SECONDS,
    progress: Progress = None,
) -> list[RunnerDiagnosis]:
    """Explain why runners of a stored run failed parity, from the stored features alone.

    Args:
        path: the run's folder or its run.json.
        runners: labels; by default all runners that failed parity.
        weights: the run's weights, if they are no longer in the cache.
        other_weights: weights that a tool may have used by mistake.
        budget_seconds: for how long to look for the causes of one runner, approximately.
        progress: as for `compare`.

    Returns:
        A diagnosis for each runner, in the order of the run. Its `lines` are sentences.

    Raises:
        NetparityError: if the run cannot be read, a label is unknown, or the run's weights or
            features no longer exist.
    """
    store = RunFolder.open(Path(path))
    with watching(progress) as watch:
        return diagnose_run(
            store.read_run(),
            store,
            [str(label) for label in _listed(runners)],
            str(weights) if weights is not None else None,
            [str(other) for other in _listed(other_weights)],
            watch,
            budget_seconds,
        )


def _listed(given: str | Path | Sequence[str | Path]) -> Sequence[str | Path]:
    return [given] if isinstance(given, str | Path) else given


def load_run(path: str | Path) -> Any:
    """Read a stored run, even one that was interrupted, or a data set that was compared.

    Args:
        path: the run's folder or its run.json; or the folder of a data set.

    Returns:
        A `LoadedRun`, with data frames (`tidy` and others), features and plots; or a
        `LoadedDataset`.

    Raises:
        InputError: if there is neither, or it cannot be read.
    """
    folder = Path(path)
    if LoadedDataset.is_at(folder):
        return LoadedDataset(folder)
    store = RunFolder.open(folder)
    return LoadedRun.of(store.read_run(), store)
