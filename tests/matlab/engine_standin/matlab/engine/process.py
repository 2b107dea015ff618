"""An Octave process that serves the calls which come through a folder; see serve_engine_calls.m."""

import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

# Beside the package in the tests; in an environment that a test has made, the tests say where.
SERVER = Path(os.environ.get("STANDIN_SERVER", Path(__file__).parents[2] / "serve_engine_calls.m"))
INTERRUPTS = 1000  # that it survives


def serve(folder):
    """Start it; returns the process. What it prints goes to `out` and `err` in the folder."""
    (folder / "commands").write_text(f"{SERVER.stem}\n" * INTERRUPTS, encoding="utf-8")
    # Interactive: after an interrupt it reads the next command, as a MATLAB lives on.
    octave = ["octave-cli", "--interactive", "--no-line-editing", "--norc", "--no-history"]
    command = [*octave, "--quiet", "--path", str(SERVER.parent)]
    with contextlib.ExitStack() as files:
        return subprocess.Popen(
            command,
            env=dict(os.environ, STANDIN_FOLDER=str(folder)),
            stdin=files.enter_context((folder / "commands").open("rb")),
            stdout=files.enter_context((folder / "out").open("wb")),
            stderr=files.enter_context((folder / "err").open("wb")),
        )


def send(folder, request):
    """Ask it to carry out a call; see serve_engine_calls.m."""
    file = folder / f"{time.time():.6f}-{os.getpid()}.tmp"
    file.write_text(json.dumps(request), encoding="utf-8")
    file.rename(folder / f"request-{file.stem}.json")
