"""What a process on many images is said to cost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netparity.protocol import RunResult
from netparity.run.many.extraction import _costs
from netparity.system.launch import Exit


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A result that was written at second 107."""
    path = tmp_path / "result.json"
    path.write_text("{}")
    os.utime(path, (107.0, 107.0))
    return path


def exit_after(seconds: float) -> Exit:
    found = dict.fromkeys(Exit.__annotations__, 0)
    return Exit(**{**found, "launched_unix_seconds": 100.0, "wall_seconds": seconds})


def result(ready: float | None) -> RunResult:
    return RunResult(
        schema_version=1,
        status="ok",
        ready_unix_seconds=ready,
        phases={"load": [1.0]},
        threads={"requested": 1, "found": 1},
    )


def test_the_rate_counts_neither_start_nor_end_of_the_process(written: Path):
    costs = _costs(result(102.0), exit_after(9.0), written)
    assert (costs.startup, costs.load, costs.seconds) == (2.0, 1.0, 4.0)


def test_without_a_start_all_but_loading_is_counted(written: Path):
    costs = _costs(result(None), exit_after(9.0), written)
    assert (costs.startup, costs.seconds) == (0.0, 8.0)
