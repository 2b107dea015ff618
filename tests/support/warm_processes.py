"""Extractors in processes that stay: a comparison's short runs without the imports of each.

`launch` stands in for `netparity.system.launch.launch` where a test is about what tools compute on
many networks or batches, and not about their processes. Whatever else netparity starts, Octave for
example, has a process of its own as always.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from netparity.system.launch import Command, Exit, Limits, launch
from tests.support import one_process

SCRIPTS = one_process.PYTHON_FOLDER
NONE = Limits()


class WarmProcesses:
    """One process for every interpreter, extractor and setting that has been asked for."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[str]] = {}
        self.runs = 0

    def __enter__(self) -> WarmProcesses:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._running.values():
            process.stdin.close()
            process.wait()
            process.stdout.close()

    @property
    def started(self) -> int:
        """How many processes there were."""
        return len(self._running)

    def launch(
        self,
        command: Command,
        folder: Path,
        log: Path,
        timeout_seconds: float,
        limits: Limits = NONE,
    ) -> Exit:
        """Run an extractor in the process that has run it before; anything else as always."""
        python, script, *arguments = command.arguments
        if Path(script).parent != SCRIPTS or limits != NONE:
            return launch(command, folder, log, timeout_seconds, limits)
        job = json.loads(Path(arguments[-1]).read_text())
        options = {k: v for k, v in job["options"].items() if k not in ("only", "batch")}
        settings = [job["data_format"], job["threads"], options]
        process = self._process(command, python, script, settings)
        order = {"script": script, "arguments": arguments, "folder": str(folder), "log": str(log)}
        launched, begun = time.time(), time.monotonic()
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, f"{script} ended its process with status {process.wait()}; its log: {log}"
        self.runs += 1
        done = json.loads(answer)
        seconds = time.monotonic() - begun
        status, peak = done["exit_status"], done["peak_rss_bytes"]
        return Exit(status, None, False, launched, seconds, peak)

    def _process(
        self, command: Command, python: str, script: str, settings: list[object]
    ) -> subprocess.Popen[str]:
        """The process for these settings, some of which a tool fixes for good as it starts."""
        key = json.dumps([python, script, sorted(command.environment.items()), settings])
        if key not in self._running:
            self._running[key] = subprocess.Popen(
                [python, one_process.__file__],
                env=command.full_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._running[key]
