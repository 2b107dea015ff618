"""Run a netparity command again and again and kill it with SIGKILL, each time at another moment.

python killed.py RESULTS SECONDS,SECONDS,... ARGUMENTS...

What was begun below RESULTS is resumed. Each command is a fork of this process, which has imported
everything, so that the moments lie within the work; one that has done two chunks more is killed
before its moment, so that a fast machine has not finished before the last kill. After each kill a
line has the names and the times of the chunks that are done then.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pyarrow.parquet  # noqa: F401  so that no fork has to import it

import netparity.dataset.running  # noqa: F401
from netparity.commands.main import app


def command(results: Path, arguments: list[str]) -> list[str]:
    """The command, or how to go on with it."""
    begun = [path.parent for path in results.glob("*/settings.json")]
    return ["dataset", "--resume", str(begun[0])] if begun else ["dataset", *arguments]


def chunks_done(results: Path) -> dict[str, int]:
    """When each was stored, in nanoseconds."""
    return {path.name: path.stat().st_mtime_ns for path in results.glob("*/chunks/[!.]*.json")}


def main() -> None:
    """Strike."""
    results, moments, arguments = Path(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:]
    for moment in map(float, moments):
        child = os.fork()
        if not child:
            app(command(results, arguments))
            os._exit(1)
        began, before = time.monotonic(), len(chunks_done(results))
        while time.monotonic() < began + moment and len(chunks_done(results)) < before + 2:
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        print(json.dumps({"killed": killed, "done": chunks_done(results)}), flush=True)


if __name__ == "__main__":
    main()
