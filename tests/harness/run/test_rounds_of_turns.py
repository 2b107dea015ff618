"""Rounds whose processes take turns, as a run stores them: real processes, no tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.protocol import Calibration
from netparity.results.folder import RunFolder
from netparity.run import rounds
from netparity.run.planning import make_plan
from netparity.run.points import Point
from netparity.run.request import Request
from netparity.run.rounds import run_points
from netparity.watch import SILENT
from tests.support.fake_extractors import assignment, fake
from tests.support.processes import processes_about
from tests.support.scripted_processes import scripted_point

HEALTHY = "answer_turns()"


@pytest.fixture
def point_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """point_of(a=code, ...): a point whose runners are fakes; further settings of the request."""
    quick = Calibration(multiply_seconds=0.001, copy_seconds=0.001)
    monkeypatch.setattr(rounds, "calibrate", lambda: quick)

    def make(settings: dict | None = None, **codes: str) -> Point:
        names = [f"matconvnet-octave[label={label}]" for label in codes]
        wanted = {"model": "vgg16-tiny", "results": tmp_path, "runners": names, "rounds": 2}
        plan = make_plan(Request(**(wanted | {"repeats": 4} | (settings or {}))))
        point = scripted_point(plan, RunFolder.create(tmp_path))
        point.runners = [fake(code, label) for label, code in codes.items()]
        point.assignment = assignment(point.store, plan.weights)
        return point

    return make


def test_rounds_are_stored_with_their_blocks(point_of) -> None:
    point = point_of(a=HEALTHY, b=HEALTHY)
    run_points([point], SILENT)
    assert point.store.read_run() == point.run
    assert (point.run.settings.schedule, point.run.settings.schedule_reason) == (
        "interleaved",
        None,
    )
    for record in point.run.runners:
        assert record.status == "ok"
        assert [process.round for process in record.rounds] == [1, 2]
        for process in record.rounds:
            assert [len(block.seconds) for block in process.blocks or []] == [1] * 4
            assert process.calibration is not None
    orders = [[record.rounds[n].order for record in point.run.runners] for n in range(2)]
    assert all(sorted(order) == [1, 2] for order in orders)


def test_a_runner_that_fails_in_a_turn_is_left_out_of_later_rounds(point_of) -> None:
    bad = "answer_turns(lambda turn: os.kill(os.getpid(), signal.SIGKILL) if turn > 1 else 0.1)"
    point = point_of(a=HEALTHY, bad=bad, c=HEALTHY)
    run_points([point], SILENT)
    a, failed, c = point.run.runners
    assert (failed.status, len(failed.rounds)) == ("failed", 1)
    assert failed.reason is not None and "was ended by SIGKILL" in failed.reason
    for record in (a, c):
        assert (record.status, len(record.rounds)) == ("ok", 2)
        assert all(process.blocks for process in record.rounds)


def test_what_has_ended_is_stored_when_a_round_is_broken_off(
    point_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    point = point_of(a=HEALTHY, b=HEALTHY)
    monkeypatch.setattr(rounds, "report_process", stop)  # after the first has been stored
    with pytest.raises(KeyboardInterrupt) as broken_off:
        run_points([point], SILENT)
    # The other one has ended, although the traceback still refers to its round.
    assert broken_off.tb is not None and processes_about(point.store.path) == []
    stored = point.store.read_run()
    assert sorted(len(record.rounds) for record in stored.runners) == [0, 1]


def test_one_after_the_other_if_that_was_asked_for(point_of) -> None:
    point = point_of({"schedule": "sequential"}, a="answer()", b="answer()")
    run_points([point], SILENT)
    settings = point.run.settings
    assert (settings.schedule, settings.schedule_reason) == ("sequential", "--schedule sequential")
    for record in point.run.runners:
        assert [process.blocks for process in record.rounds] == [None, None]
