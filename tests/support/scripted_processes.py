"""Processes whose seconds a test has written down; nothing is started and nothing waits."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from netparity.protocol import Calibration, Round, RunResult, Threads
from netparity.results.folder import RunFolder
from netparity.run import measuring, points, rounds
from netparity.run.planning import Plan, begin_run
from netparity.run.points import Point
from netparity.run.process import Outcome, Turn
from netparity.runners import Availability, Runner
from netparity.watch import Watch

Seconds = Callable[[Runner, Turn, int], float | None]
"""Seconds of one prediction with so many threads; None for a process that fails."""


class Script:
    """Stands in for `execute`, on a clock that only its processes move: by 10 seconds each.

    Attributes:
        turns: label, threads, round and place of each process so far.
    """

    def __init__(self, seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = seconds
        self.now = 1000.0
        self.turns: list[tuple[str, int, int, int]] = []
        monkeypatch.setattr(rounds, "calibrate", self.calibrate)
        monkeypatch.setattr(rounds, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(rounds, "execute", self.execute)
        monkeypatch.setattr(rounds, "why_sequential", lambda cells: "scripted")

    def calibrate(self) -> Calibration:
        return Calibration(multiply_seconds=0.001, copy_seconds=0.001)

    def execute(self, runner, assignment, store, environments, turn: Turn) -> Outcome:
        threads = assignment.threads
        taken = self.seconds(runner, turn, threads)
        self.turns.append((runner.label, threads, turn.round, turn.order))
        self.now += 10.0
        record = Round(
            round=turn.round,
            order=turn.order,
            status="ok" if taken is not None else "failed",
            reason=None if taken is not None else "scripted",
            phases={"predict": [taken] * 3} if taken is not None else {},
            wall_seconds=10.0,
            log="log.txt",
            calibration=turn.calibration,
        )
        result = RunResult(schema_version=1, status="ok", threads=Threads(requested=threads))
        return Outcome(record, store.path, result if taken is not None else None)


def scripted_point(plan: Plan, store: RunFolder, seed: int = 1) -> Point:
    """A point whose runners can all run, with as much of an assignment as a `Script` looks at."""
    available = {runner.label: Availability(True) for runner in plan.runners}
    run = begin_run(plan, available, store, seed)
    assignment = SimpleNamespace(threads=plan.threads)
    return Point(plan, plan.runners, assignment, store, run)  # type: ignore[arg-type]


def script_preparation(monkeypatch: pytest.MonkeyPatch) -> None:
    """All runners can run, whatever is installed here; a report is the run alone, so no plots."""

    def prepare(plan: Plan, watch: Watch) -> dict[str, Availability]:
        return {runner.label: Availability(True) for runner in plan.runners}

    monkeypatch.setattr(points, "prepare_runners", prepare)
    no_report(monkeypatch)


def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report is the run alone: no tables, plots or page."""
    monkeypatch.setattr(measuring, "write_report", lambda run, store, watch: store.write_run(run))


def interrupt_at(round_number: int, taken: float) -> Seconds:
    """Every process takes so many seconds, until Ctrl-C in the first one of a round."""

    def seconds(runner: Runner, turn: Turn, threads: int) -> float:
        if turn.round == round_number:
            raise KeyboardInterrupt
        return taken

    return seconds
