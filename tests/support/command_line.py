"""The command line as a user runs it: what a test gives it, and what it leaves."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from netparity.commands.main import app

COMMAND = [sys.executable, "-m", "netparity.commands"]
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


def here(*arguments: str | Path, results: Path = Path()) -> Done:
    """`netparity ARGUMENTS` in this process; an error that it does not expect is raised.

    A tenth of what a process of its own takes, for all that is not about processes.
    """
    found = CliRunner().invoke(app, list(map(str, arguments)))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return Done(found.exit_code, found.stdout, found.stderr, results)


def compare_here(results: Path, *arguments: str | Path) -> Done:
    """`netparity compare ARGUMENTS` in this process, see `here`."""
    return here("compare", "--out", results, *arguments, results=results)
