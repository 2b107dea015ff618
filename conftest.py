"""What every test process sets up first: its processors, compiled code, and plain output.

pytest reads this file before any that imports NumPy, which counts the processors as it is imported.
"""

from __future__ import annotations

import os
import signal
import sys


def share(processors: set[int], worker: str, workers: int) -> set[int]:
    """The processors of one worker of pytest-xdist; the workers are called gw0, gw1 and so on."""
    number = int(worker.removeprefix("gw")) % workers
    ordered = sorted(processors)
    return set(ordered[number::workers] or [ordered[number % len(ordered)]])


# Each of several workers keeps to its own processors, and so does all that it starts. Otherwise
# the threads of two tools, and of NumPy in every process, wait for one another in busy loops: two
# workers on two processors then use a third more processor time.
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    workers = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    os.sched_setaffinity(0, share(os.sched_getaffinity(0), worker, workers))

# Tests start Python some thousand times: each module is compiled by the first process alone.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What the caller's terminal or service asks of the output: the tests read it plain, and say where
# they want it otherwise.
for name in ("FORCE_COLOR", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES"):
    os.environ.pop(name, None)

# A script's `pytest &` begins with Ctrl-C ignored, and `nohup pytest` with SIGHUP; both are
# inherited by all that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
