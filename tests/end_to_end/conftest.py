"""The command line, with the real tools.

Most comparisons are made by the command in this process, which has Matplotlib and much else
loaded; the runners are processes as always. `compare_process` is for what is about the command's
own process.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import COMMAND, Compare, Done, compare_here
from tests.support.scripted_processes import no_report


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """`netparity compare ARGUMENTS` in this process; its runs go to the test's own folder."""

    def run(*arguments: str | Path, results: Path = tmp_path / "results") -> Done:
        return compare_here(results, *arguments)

    return run


@pytest.fixture
def compare_process(tmp_path: Path) -> Compare:
    """The same as a user runs it."""

    def run(*arguments: str | Path, results: Path = tmp_path / "results", **options: Any) -> Done:
        command = [*COMMAND, "compare", "--out", str(results), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, **options)
        return Done(done.returncode, done.stdout, done.stderr, results)

    return run


@pytest.fixture
def without_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, plots and page are left out, for tests that do not look at them.

    They take several seconds: most of a comparison of a small network.
    """
    no_report(monkeypatch)


@pytest.fixture
def report() -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """`netparity report FOLDER`."""

    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "report", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    return run
