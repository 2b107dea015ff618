"""The public functions: what a notebook or another program calls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netparity.pipeline import Request
from netparity.pipeline import compare as _compare
from netparity.protocol import Run
from netparity.store import RunFolder


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


def load_run(path: str | Path) -> Run:
    """Read a stored run from its folder or its run.json.

    Raises:
        NetparityError: if there is none, or it cannot be read.
    """
    return RunFolder.open(Path(path)).read_run()
