"""The rounds of a comparison and of a sweep: scripted runners, a scripted clock and no sleep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from netparity.protocol import Calibration, Round, Run, RunResult, Threads
from netparity.results.folder import RunFolder
from netparity.results.seconds import ok_phases
from netparity.run import compare as pipeline
from netparity.run.compare import run_rounds, widest_interval
from netparity.run.planning import Plan, begin_run, make_plan
from netparity.run.process import Outcome, Turn
from netparity.run.request import Request
from netparity.runners import Availability, Runner
from netparity.sweep import running as sweeping
from netparity.sweep.grid import Grid
from netparity.sweep.running import Point, make_plans, run_points, summarise_sweep
from netparity.timing import summarise
from netparity.watch import SILENT
from tests.support.stored_runs import entry

Seconds = Callable[[Runner, Turn, int], float | None]
"""What a runner takes for one prediction with so many threads; None if it fails."""


class Script:
    """Processes that take what they are told to, on a clock that only they move."""

    def __init__(self, seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = seconds
        self.now = 1000.0
        self.turns: list[tuple[str, int, int, int]] = []
        for module in (pipeline, sweeping):
            monkeypatch.setattr(module, "calibrate", self.calibrate)
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(pipeline, "execute", self.execute)

    def calibrate(self) -> Calibration:
        return Calibration(multiply_seconds=0.001, copy_seconds=0.001)

    def execute(self, runner, assignment, store, environments, turn: Turn) -> Outcome:
        threads = assignment.threads if assignment is not None else 1
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


def plan_of(tmp_path: Path, **changes) -> Plan:
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b", "c")]
    return make_plan(Request(model="vgg16-tiny", runners=runners, results=tmp_path, **changes))


def run_all(plan: Plan, tmp_path: Path) -> Run:
    store = RunFolder.create(tmp_path)
    available = {runner.label: Availability(True) for runner in plan.runners}
    run = begin_run(plan, available, store)
    run = run_rounds(run, plan, available, None, store, SILENT)  # type: ignore[arg-type]
    assert store.read_run() == run
    return run


def test_every_round_has_each_runner_once_and_its_state(tmp_path, monkeypatch):
    script = Script(lambda runner, turn, threads: 0.1, monkeypatch)
    run = run_all(plan_of(tmp_path, rounds=4), tmp_path)
    assert len(script.turns) == 12
    for number in range(1, 5):
        turns = [(label, order) for label, _, round_, order in script.turns if round_ == number]
        assert sorted(label for label, _ in turns) == ["a", "b", "c"]
        assert [order for _, order in turns] == [1, 2, 3]
    assert all(each.calibration for record in run.runners for each in record.rounds)


def test_a_runner_that_fails_is_left_out_and_costs_the_others_nothing(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float | None:
        return None if runner.label == "b" and turn.round == 2 else 0.1

    script = Script(seconds, monkeypatch)
    run = run_all(plan_of(tmp_path, rounds=4), tmp_path)
    assert [len(record.rounds) for record in run.runners] == [4, 2, 4]
    assert [record.status for record in run.runners] == ["ok", "failed", "ok"]
    assert len(script.turns) == 10


def test_rounds_go_on_until_the_ratios_are_precise(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float:
        noise = {"a": 0.0, "b": 0.02, "c": -0.02}[runner.label]
        return 0.1 * (1 + noise * (-1) ** turn.round)

    Script(seconds, monkeypatch)
    runs = {
        precision: run_all(
            plan_of(tmp_path, rounds="auto", precision=precision, budget_seconds=1e6), tmp_path
        )
        for precision in (0.5, 0.02, 0.01)
    }
    counts = {precision: len(run.runners[0].rounds) for precision, run in runs.items()}
    assert counts[0.5] == 5
    assert 5 < counts[0.02] < counts[0.01] < 60
    for precision, run in runs.items():
        width = widest_interval(run)
        assert width is not None and width <= precision


def test_no_round_is_begun_that_would_end_after_the_budget(tmp_path, monkeypatch):
    # Each round takes 30 seconds: three fit into 100.
    Script(lambda runner, turn, threads: 0.1 * turn.round, monkeypatch)
    plan = plan_of(tmp_path, rounds="auto", precision=1e-6, budget_seconds=100)
    assert len(run_all(plan, tmp_path).runners[0].rounds) == 3


def test_drift_that_hits_all_alike_leaves_the_ratios_alone(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float:
        return {"a": 0.1, "b": 0.2, "c": 0.1}[runner.label] * 1.3**turn.round

    Script(seconds, monkeypatch)
    run = run_all(plan_of(tmp_path, rounds=8), tmp_path)
    entries = {each.label: each for each in summarise(ok_phases(run), "a", ["a", "b", "c"])}
    assert entries["b"].ratio_to_reference == pytest.approx(2.0)
    assert entries["b"].verdict == "slower"
    assert entries["c"].verdict == "no difference shown"


def test_a_sweep_shuffles_all_settings_together_and_names_the_winner(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float | None:
        if runner.label == "b" and threads == 2:
            return None
        base = {"a": 0.1, "b": 0.4}[runner.label] / threads
        return base * (1 + 0.001 * ((turn.round * 7 + turn.order) % 5))

    script = Script(seconds, monkeypatch)
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b")]
    request = Request(model="vgg16-tiny", runners=runners, results=tmp_path, rounds=8)
    points = []
    for plan in make_plans(request, Grid(threads=[1, 2])):
        store = RunFolder.create(tmp_path, f"threads-{plan.threads}")
        available = {runner.label: Availability(True) for runner in plan.runners}
        run = begin_run(plan, available, store)
        points.append(Point(plan, plan.runners, _Threads(plan.threads), store, run))
    run_points(points, SILENT)
    for number in range(2, 9):
        turns = [turn for turn in script.turns if turn[2] == number]
        assert sorted(turn[:2] for turn in turns) == [("a", 1), ("a", 2), ("b", 1)]
    # Not all rounds have the same order.
    orders = {tuple(t[:2] for t in script.turns if t[2] == number) for number in range(2, 9)}
    assert len(orders) > 1
    runs = [
        point.run.model_copy(
            update={
                "parity": [entry(label, "fc6", 1e-7, "pass") for label in ("a", "b")],
                "timing": list(summarise(ok_phases(point.run), "a", ["a", "b"])),
            }
        )
        for point in points
    ]
    found = summarise_sweep("s", runs)
    assert [(row.setting, row.threads, row.processes) for row in found.rows] == [
        ("a", 1, 8), ("a", 2, 8), ("b", 1, 8), ("b", 2, 0)
    ]  # fmt: skip
    assert found.rows[3].parity == "failed"
    assert found.winners[0].startswith("Batch 1: ")
    assert "with a, batch 1, 2 threads" in found.winners[0]
    assert found.winners[0].endswith("every other setting is slower.")


class _Threads:
    """As much of an assignment as the script looks at."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
