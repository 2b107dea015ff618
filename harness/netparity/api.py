"""The public functions, for notebooks and other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netparity.capturing.seen import Seen, capture
from netparity.judge.check import Check, assert_parity, check
from netparity.judge.checks import CheckedFeature, Checks
from netparity.judge.diagnose import RunnerDiagnosis, diagnose_run
from netparity.report.notebook import LoadedRun
from netparity.results.folder import RunFolder
from netparity.run.compare import compare as _compare
from netparity.run.request import Request

__all__ = [
    "Check",
    "CheckedFeature",
    "Checks",
    "LoadedRun",
    "RunnerDiagnosis",
    "Seen",
    "assert_parity",
    "capture",
    "check",
    "compare",
    "diagnose",
    "load_run",
]


def compare(images: str | Path | Sequence[str | Path] = (), **settings: Any) -> LoadedRun:
    """Run a comparison and return it; its `folder` is `results / run.run_id`.

    It takes minutes with VGG16, and seconds per process with `model="vgg16-tiny"`. If a runner
    fails, the failure is stored in the run and nothing is raised.

    Args:
        images: one or several image files; by default the sample image.
        settings: fields of `netparity.run.request.Request`, e.g. `model="vgg16-tiny"`,
            `runners=["keras3-tensorflow"]`, `layers="fc6,fc7"`, `rounds=5`,
            `results=Path("results")`. A single runner may be given as a string.

    Returns:
        The stored run.

    Raises:
        NetparityError: if a setting is invalid or a file cannot be used.
        TypeError: if there is no such setting.
    """
    paths = [images] if isinstance(images, str | Path) else list(images)
    if isinstance(settings.get("runners"), str):
        settings["runners"] = [settings["runners"]]
    run, store = _compare(Request(images=[Path(path) for path in paths], **settings))
    return LoadedRun.of(run, store)


def diagnose(
    path: str | Path, runners: Sequence[str] = (), **settings: Any
) -> list[RunnerDiagnosis]:
    """Explain why runners of a stored run failed parity, from the stored features alone.

    Args:
        path: the run's folder or its run.json.
        runners: labels; by default all runners that failed parity.
        settings: `weights` and `other_weights` of `netparity.judge.diagnose.diagnose_run`.

    Returns:
        A diagnosis for each runner, in the order of the run. Its `lines` are sentences.

    Raises:
        NetparityError: if the run cannot be read, a label is unknown, or the run's weights or
            features no longer exist.
    """
    store = RunFolder.open(Path(path))
    return diagnose_run(store.read_run(), store, runners, **settings)


def load_run(path: str | Path) -> LoadedRun:
    """Read a stored run, even one that was interrupted.

    Args:
        path: the run's folder or its run.json.

    Returns:
        The run, with data frames (`LoadedRun.tidy` and others), features and plots.

    Raises:
        InputError: if there is no run, or it cannot be read.
    """
    store = RunFolder.open(Path(path))
    return LoadedRun.of(store.read_run(), store)
