"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "netparity.cli"]
TINY = ["--model", "vgg16-tiny", "--rounds", "1", "--repeats", "2"]


@dataclass(frozen=True)
class Done:
    """How a command ended, and the run that it stored."""

    exit_code: int
    stdout: str
    stderr: str
    results: Path

    @property
    def folder(self) -> Path:
        (folder,) = self.results.iterdir()
        return folder

    @property
    def run(self) -> dict[str, Any]:
        return json.loads((self.folder / "run.json").read_text())

    def runner(self, label: str) -> dict[str, Any]:
        return next(record for record in self.run["runners"] if record["label"] == label)

    def errors(self, label: str, kind: str = "shared") -> dict[str, float]:
        """Relative L2 against the reference by feature."""
        return {
            entry["feature"]: entry["relative_l2"]
            for entry in self.run["parity"]
            if (entry["label"], entry["against"], entry["input"]) == (label, "reference", kind)
        }


Compare = Callable[..., Done]


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    """`netparity compare ARGUMENTS`, storing below a folder of the test's own."""

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
