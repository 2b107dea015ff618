"""The command line under test, and what every row of a fault table is tried with."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.faults import server
from tests.faults.table import Fault, Strike, changed, contents, drafts

LONGEST_SECONDS = 60
"""Of the clock on the wall: a command that takes longer hangs."""


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    exit_code: int
    wall_seconds: float
    processor_seconds: float
    peak_bytes: int
    stdout: str
    stderr: str

    @property
    def printed(self) -> str:
        """Both streams, with each line end and the spaces about it as one space."""
        return " ".join((self.stdout + self.stderr).split())


class CommandLine:
    """netparity's command line, imported once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, server.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process from which the commands are forked."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(
        self,
        arguments: list[str],
        folder: Path,
        environment: dict[str, str],
        largest_file_bytes: int | None = None,
        meanwhile: Callable[[int], None] | None = None,
    ) -> Ended:
        """Run one command to its end; `meanwhile` gets its process id while it runs."""
        streams = {name: str(self._folder / name) for name in ("stdout", "stderr")}
        order = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": {**os.environ, **environment},
            "largest_file_bytes": largest_file_bytes,
            "most_seconds": LONGEST_SECONDS,
            **streams,
        }
        for path in streams.values():
            Path(path).write_text("")
        print(json.dumps(order), file=self._process.stdin, flush=True)
        pid = self._answer()["pid"]
        if meanwhile is not None:
            meanwhile(pid)
        texts = self._answer()
        printed = {name: Path(path).read_text(errors="replace") for name, path in streams.items()}
        return Ended(**texts, **printed)

    def _answer(self) -> dict[str, Any]:
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="session")
def command_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """Commands without the import of netparity in each of them."""
    running = CommandLine(tmp_path_factory.mktemp("command-line"))
    yield running
    running.close()


@pytest.fixture
def strike(command_line: CommandLine, tmp_path: Path) -> Strike:
    """Return strike(fault): make the fault, run the command, assert what the row expects.

    Each call has an empty folder and an empty cache of its own.
    """
    numbers = count()

    def run(fault: Fault) -> None:
        parent = tmp_path / f"fault-{next(numbers)}"
        folder, cache = parent / "here", parent / "cache"
        folder.mkdir(parents=True)
        cache.mkdir()
        environment = {"NETPARITY_CACHE": str(cache), **fault.environment}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            arguments = fault.arguments(fault.make(folder))
        before = contents(folder)
        ended = command_line.run(arguments, folder, environment, fault.largest_file_bytes)
        assert_as_expected(fault, ended)
        assert changed(before, contents(folder), fault.leaves) == []
        assert drafts(parent) == []
        if fault.check is not None:
            fault.check(folder)

    return run


def assert_as_expected(fault: Fault, ended: Ended) -> None:
    """The exit code, the words, and the bounds of a row."""
    assert ended.exit_code != -signal.SIGALRM, f"it hangs: {ended.stderr}"
    assert ended.exit_code == fault.exit_code, ended.printed
    assert "Traceback" not in ended.printed
    for phrase in fault.says:
        assert re.search(phrase, ended.printed)
    for phrase in fault.never:
        assert not re.search(phrase, ended.printed)
    lines = len(ended.stderr.strip().splitlines())
    assert fault.most_lines is None or lines <= fault.most_lines, ended.stderr
    assert ended.processor_seconds < fault.seconds, ended.printed
    assert ended.peak_bytes < fault.megabytes * 2**20
