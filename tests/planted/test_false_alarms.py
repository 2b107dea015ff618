"""Nothing is wrong in a clean run, and nothing is said to be. The benchmark has 300 networks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.usefixtures("keras3_python", "keras2_python", "octave")
def test_a_few_random_networks_raise_no_alarm(tmp_path: Path) -> None:
    out = tmp_path / "alarms.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.false_alarms",
        "--nets",
        "5",
        "--seed",
        "3",
        "--out",
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    verdicts = json.loads(out.read_text())["verdicts"]
    assert len(verdicts) > 600
    assert {one["tool"] for one in verdicts} >= {"keras3-tensorflow", "matconvnet-octave"}
    harmless = ("pass", "identical", "inconclusive")  # a dead layer can show nothing
    assert not [one for one in verdicts if one["verdict"] not in harmless]
