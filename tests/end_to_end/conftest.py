"""The command line, run as a user runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, Compare, Done


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """`netparity compare ARGUMENTS`, which stores its runs in the test's own folder."""

    def run(*arguments: str | Path, results: Path = tmp_path / "results", **options: Any) -> Done:
        command = [*COMMAND, "compare", "--out", str(results), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, **options)
        return Done(done.returncode, done.stdout, done.stderr, results)

    return run


@pytest.fixture
def report() -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """`netparity report FOLDER`."""

    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "report", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    return run
