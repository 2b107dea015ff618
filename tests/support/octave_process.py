"""Start Octave; call .m functions with arguments that travel in a .mat file, never in code."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

HERE = Path(__file__).resolve().parents[1] / "matlab"
MATLAB = HERE.parents[1] / "matlab"
TIMEOUT_SECONDS = 120


class OctaveError(str):
    """The message of an error that a call raised."""


def run(
    script: Path, *arguments: object, before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh Octave. `before` is called in the child before it starts."""
    command = ["octave-cli", "--norc", "--no-history", "--quiet", str(script), *map(str, arguments)]
    inherited = {k: v for k, v in os.environ.items() if k != "MATCONVNET_ROOT"}
    threads = {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    return subprocess.run(
        command,
        env=inherited | threads | environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        preexec_fn=before,
        check=False,
    )


def call(cases: list[tuple], folder: Path) -> list:
    """Call (function, *arguments) for every case; return a value or an OctaveError for each.

    Arrays keep their class; Python numbers become double, as in a .m file.
    """
    scipy.io.savemat(folder / "cases.mat", {"cases": cell([as_matlab(list(c)) for c in cases])})
    done = run(HERE / "call_functions.m", MATLAB, folder / "cases.mat", folder / "results.mat")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    results = scipy.io.loadmat(folder / "results.mat", chars_as_strings=True)
    values, messages = results["values"].ravel(), results["messages"].ravel()
    return [OctaveError(m[0]) if m.size else v for v, m in zip(values, messages, strict=True)]


def cell(items: list) -> np.ndarray:
    """A 1 x N cell array."""
    out = np.empty((1, len(items)), dtype=object)
    for index, item in enumerate(items):
        out[0, index] = item
    return out


def as_matlab(value: Any) -> Any:
    """Numbers as double, lists of anything but numbers as cells, None as []."""
    if isinstance(value, (bool, str, np.ndarray)):
        return value
    if value is None:
        return np.zeros((0, 0))
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, dict):
        return {k: as_matlab(v) for k, v in value.items()}
    if value and all(isinstance(v, (int, float)) for v in value):
        return np.array([value], dtype=float)
    return cell([as_matlab(v) for v in value])
