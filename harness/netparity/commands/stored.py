"""Arguments that name stored runs: a folder, its run.json, or `latest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from netparity.commands.completing import RESULTS, stored_runs


def located(path: Path, *more_files: str) -> Path:
    """The folder that is meant; `latest` is the newest run below results/.

    Args:
        path: as given.
        more_files: what a folder may contain in the place of run.json.

    Raises:
        InputError: if `latest` is asked for and there is no run.
    """
    from netparity.results.folder import RUN_FILE
    from netparity.results.newest import LATEST, newest

    if str(path) != LATEST or path.exists():
        return path
    return newest(RESULTS, (RUN_FILE, *more_files))


def _argument(metavar: str, help: str) -> Any:
    return typer.Argument(metavar=metavar, help=help, autocompletion=stored_runs)


RunDir = Annotated[Path, _argument("RUN_DIR", "A folder below results/, or latest.")]
RunDirs = Annotated[
    list[Path], _argument("RUN_DIR...", "Folders below results/, run.json, or latest.")
]
Earlier = Annotated[Path, _argument("EARLIER", "A folder below results/, or latest.")]
Later = Annotated[Path, _argument("LATER", "Another one.")]
