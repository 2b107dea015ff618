"""A process waits at named pipes for its turns, and measures what it is told to."""

from __future__ import annotations

import mmap
import os
import threading
from pathlib import Path

import pytest

from job_files import Turns
from process_usage import COUNTERS, stolen_seconds, used_after, used_before
from stopwatch import measured
from taking_turns import Gate, gate_of, timed_in_turns
from tests.support.pipe_harness import PipeHarness


def test_as_many_values_are_measured_as_each_turn_asks_for(tmp_path: Path) -> None:
    calls = []
    harness = PipeHarness(tmp_path, ["3 1\n", "1 0\n", "0 0\n"])
    series = timed_in_turns(lambda: calls.append(1), Gate(tmp_path), 0.25)
    harness.join(20)
    assert harness.lines == ["0.25\n"] * 3
    assert (len(series.seconds), len(series.usage)) == (4, 4)
    assert len(calls) == series.loops * 4 + 1  # one of them did not count
    assert all(seconds > 0 for seconds in series.seconds)


@pytest.mark.parametrize("line", ["", "3\n", "a b\n", "1 2 3\n"])
def test_a_line_that_is_not_understood_is_an_error(tmp_path: Path, line: str) -> None:
    PipeHarness(tmp_path, [line])
    with pytest.raises(ValueError, match="expected two whole numbers"):
        Gate(tmp_path).wait(0.1)


def test_a_job_without_turns_or_whose_run_is_over_has_no_gate(tmp_path: Path) -> None:
    assert gate_of(None) is None
    assert gate_of(Turns(str(tmp_path / "gone"))) is None
    assert gate_of(Turns(str(tmp_path))) == Gate(tmp_path)


# --- what a value used ----------------------------------------------------------------------


def spin() -> None:
    end = os.times().user + os.times().system + 0.05
    while os.times().user + os.times().system < end:
        pass


def test_processor_seconds_are_counted_per_call() -> None:
    usage = measured(spin, 2).usage
    assert set(usage) == {*COUNTERS, "stolen_seconds"}
    assert 0.04 <= usage["user_seconds"] + usage["system_seconds"] < 1.0


def test_page_faults_are_counted() -> None:
    pages = 2000
    size = os.sysconf("SC_PAGE_SIZE")

    def touch() -> None:
        with mmap.mmap(-1, pages * size) as fresh:  # of the heap, pages may be there already
            for page in range(pages):
                fresh[page * size] = 1

    usage = measured(touch, 1).usage
    assert usage["minor_faults"] > 0
    assert usage["major_faults"] is not None


def test_the_seconds_of_other_threads_count_too() -> None:
    def wait_for_another() -> None:
        thread = threading.Thread(target=spin)
        thread.start()
        thread.join()

    usage = measured(wait_for_another, 1).usage
    assert usage["user_seconds"] + usage["system_seconds"] > 0.02


def test_a_system_that_does_not_say_what_was_stolen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("process_usage.stolen_seconds", lambda: None)
    assert used_after().since(used_before())["stolen_seconds"] is None
    monkeypatch.undo()
    found = stolen_seconds()
    assert found is None or found >= 0
    # Nobody knows what was stolen before the process looked first.
    assert used_after().since(None)["stolen_seconds"] is None
    assert used_after().since(None)["user_seconds"] > 0
