"""What a workflow does with MATLAB, done with Octave."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.support.octave_process import HERE, MATLAB


def by_hand(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.matlab.by_hand", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=HERE.parents[1])


def test_a_job_is_made_run_and_checked(octave: Callable, tmp_path: Path) -> None:
    assert by_hand("make", tmp_path).returncode == 0
    assert by_hand("check", tmp_path).returncode != 0  # nothing has run
    done = octave(MATLAB / "octave_main.m", tmp_path / "job.json")
    assert done.returncode == 0, done.stderr
    checked = by_hand("check", tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert " on GNU Octave " in checked.stdout

    (file,) = tmp_path.rglob("shared-fc6.npy")
    np.save(file, np.load(file) * np.float32(1.001))
    assert "AssertionError" in by_hand("check", tmp_path).stderr
