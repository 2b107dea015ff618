"""The public functions: what a notebook or another program calls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netparity.checking import Check, assert_parity, check
from netparity.diagnosing import RunnerDiagnosis, diagnose_run
from netparity.pipeline import Request
from netparity.pipeline import compare as _compare
from netparity.protocol import Run
from netparity.store import RunFolder

__all__ = [
    "Check",
    "RunnerDiagnosis",
    "assert_parity",
    "check",
    "compare",
    "diagnose",
    "load_run",
]


def compare(images: str | Path | Sequence[str | Path] = (), **settings: Any) -> Run:
    """Run a comparison and return it; the folder is `results / run.run_id`.

    Args:
        images: one image file or several; none for the sample image.
        settings: fields of `netparity.pipeline.Request`, e.g. `model="vgg16-tiny"`,
            `runners=["keras3-tensorflow"]`, `results=Path("results")`.

    Raises:
        NetparityError: if the request or one of its files cannot be used.
    """
    paths = [images] if isinstance(images, str | Path) else list(images)
    if isinstance(settings.get("runners"), str):
        settings["runners"] = [settings["runners"]]
    run, _ = _compare(Request(images=[Path(path) for path in paths], **settings))
    return run


def diagnose(
    path: str | Path, runners: Sequence[str] = (), **settings: Any
) -> list[RunnerDiagnosis]:
    """Find out what is wrong with the runners of a stored run.

    Args:
        path: the run's folder or its run.json.
        runners: labels; none for all that failed parity.
        settings: `weights` and `other_weights` of `netparity.diagnosing.diagnose_run`.

    Raises:
        NetparityError: if the run cannot be read, or its weights are gone.
    """
    store = RunFolder.open(Path(path))
    return diagnose_run(store.read_run(), store, runners, **settings)


def load_run(path: str | Path) -> Run:
    """Read a stored run from its folder or its run.json.

    Raises:
        NetparityError: if there is none, or it cannot be read.
    """
    return RunFolder.open(Path(path)).read_run()
