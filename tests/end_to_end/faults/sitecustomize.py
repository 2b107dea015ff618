"""Plants a fault in a real extractor: Python imports this file from PYTHONPATH at its start.

`NETPARITY_TEST_FAULT` says which. Some strike while the extractor works, some spoil what it
leaves behind.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

FAULT = os.environ.get("NETPARITY_TEST_FAULT", "")
# Late enough for the extractor to have begun, early enough for it not to have ended.
STRIKE_SECONDS = 0.5


def output_folder() -> Path:
    return Path(sys.argv[-1]).parent


def die(number: int) -> None:
    threading.Timer(STRIKE_SECONDS, lambda: os.kill(os.getpid(), number)).start()


def hang() -> None:
    """Stop for good with a child at work, deaf to a polite request to end."""

    def forever(*_: object) -> None:
        child = subprocess.Popen(["sleep", "1000"])
        Path(os.environ["NETPARITY_TEST_PIDS"]).write_text(f"{os.getpid()} {child.pid}")
        while True:
            time.sleep(1)

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, forever)
    signal.setitimer(signal.ITIMER_REAL, STRIKE_SECONDS)


def spoil_feature(change) -> None:
    import numpy as np

    path = output_folder() / "shared-fc6.npy"
    np.save(path, change(np.load(path)))


def remove_result() -> None:
    (output_folder() / "result.json").unlink()


def with_nan(array):
    array[0, 7] = float("nan")
    return array


FAULTS = {
    "segfault": lambda: die(signal.SIGSEGV),
    "sigkill": lambda: die(signal.SIGKILL),
    "hang": hang,
    "rubbish": lambda: atexit.register(
        lambda: (output_folder() / "result.json").write_bytes(b"\x00{rubbish")
    ),
    "no-result": lambda: atexit.register(remove_result),
    "nan": lambda: atexit.register(spoil_feature, with_nan),
    "shape": lambda: atexit.register(spoil_feature, lambda array: array[:, :-1]),
}

if FAULT and len(sys.orig_argv) > 2 and sys.orig_argv[-1].endswith("job.json"):
    FAULTS[FAULT]()
