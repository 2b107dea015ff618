"""A program in the interpreter of a compared tool, beside which netparity is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

HARNESS = Path(__file__).parents[2] / "harness"


def run_beside(python: str, program: str, folder: Path, **variables: str) -> Any:
    """What a program prints last, as JSON.

    The tool's own packages go before those that only netparity needs, and processes that netparity
    starts find both.

    Args:
        python: the tool's interpreter; of the same version as this one.
        program: its text; it runs in `folder`.
        variables: of its environment.
    """
    beside = folder / "beside"
    beside.mkdir(exist_ok=True)
    needed = sysconfig.get_path("purelib")
    (beside / "sitecustomize.py").write_text(f"import sys\nsys.path.append({needed!r})\n")
    path = os.pathsep.join(map(str, (beside, HARNESS)))
    script = folder / "notebook.py"
    script.write_text(program)
    done = subprocess.run(
        [python, str(script)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", **variables},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return json.loads(done.stdout.splitlines()[-1])
