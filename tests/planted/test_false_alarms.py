"""Nothing is wrong in a clean run, and nothing is said to be.

The benchmark has 300 networks, and all tools.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("keras3-tensorflow", "matconvnet-octave")


def alarms(tmp_path: Path, nets: int, tools: Sequence[str]) -> list[dict]:
    """The verdicts of the benchmark."""
    out = tmp_path / f"{nets} networks.json"
    given = ["--nets", str(nets), "--seed", "3", "--tools", *tools, "--out", str(out)]
    command = [sys.executable, "-m", "benchmarks.false_alarms", *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())["verdicts"]


@pytest.mark.usefixtures("keras3_python", "octave")
def test_a_random_network_raises_no_alarm(tmp_path: Path) -> None:
    verdicts = alarms(tmp_path, 1, TOOLS)
    assert len(verdicts) > 30 * len(TOOLS)
    assert {each["tool"] for each in verdicts} == set(TOOLS)
    harmless = ("pass", "identical", "inconclusive")  # a dead layer can show nothing
    assert not [each for each in verdicts if each["verdict"] not in harmless]
