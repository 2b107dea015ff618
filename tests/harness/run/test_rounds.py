"""The rounds of a comparison and of a sweep: scripted runners, a scripted clock and no sleep."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from netparity.protocol import Run
from netparity.results.folder import RunFolder
from netparity.results.seconds import ok_phases
from netparity.run.planning import Plan, make_plan
from netparity.run.points import Point
from netparity.run.process import Turn
from netparity.run.request import Request
from netparity.run.rounds import run_points, widest_interval
from netparity.runners import Runner
from netparity.timing import shuffled_rounds, summarise
from netparity.watch import SILENT
from tests.support.scripted_processes import Script, scripted_point


def plan_of(tmp_path: Path, **changes) -> Plan:
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b", "c")]
    wanted = {"model": "vgg16-tiny", "runners": runners, "results": tmp_path, **changes}
    return make_plan(Request(**wanted))


def run_all(plan: Plan, tmp_path: Path, seed: int = 1) -> Run:
    point = scripted_point(plan, RunFolder.create(tmp_path), seed)
    run_points([point], SILENT)
    assert point.store.read_run() == point.run
    return point.run


def sweep_points(tmp_path: Path, threads: list[int], **changes) -> list[Point]:
    """One point for each number of threads, with runners a and b."""
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b")]
    plans = [plan_of(tmp_path, runners=runners, threads=each, **changes) for each in threads]
    return [scripted_point(plan, RunFolder.create(tmp_path, f"t-{plan.threads}")) for plan in plans]


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


def test_the_stored_seed_repeats_the_order(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float | None:
        return None if runner.label == "b" and turn.round == 2 else 0.1

    script = Script(seconds, monkeypatch)
    run_all(plan_of(tmp_path, rounds=5), tmp_path, seed=20170614)
    # A runner that has failed keeps its place in the order, and the place stays empty.
    places = [
        (label, number, place)
        for number, order in enumerate(islice(shuffled_rounds("abc", 20170614), 5), start=1)
        for place, label in enumerate(order, start=1)
        if label != "b" or number <= 2
    ]
    assert [(label, number, place) for label, _, number, place in script.turns] == places


def test_rounds_end_when_every_runner_has_failed(tmp_path, monkeypatch):
    script = Script(lambda runner, turn, threads: None, monkeypatch)
    run = run_all(plan_of(tmp_path, rounds="auto", budget_seconds=1e6), tmp_path)
    assert len(script.turns) == 3
    assert [record.status for record in run.runners] == ["failed"] * 3


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
        width = widest_interval([run])
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
    assert (entries["c"].verdict, entries["c"].largest_difference) == ("same", pytest.approx(0))


def test_all_points_are_shuffled_together_and_lose_only_the_runner_that_failed(
    tmp_path, monkeypatch
):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float | None:
        return None if runner.label == "b" and threads == 2 else 0.1 / threads

    script = Script(seconds, monkeypatch)
    run_points(sweep_points(tmp_path, [1, 2], rounds=8), SILENT)
    for number in range(2, 9):
        turns = [turn for turn in script.turns if turn[2] == number]
        assert sorted(turn[:2] for turn in turns) == [("a", 1), ("a", 2), ("b", 1)]
    # Not all rounds have the same order.
    orders = {tuple(t[:2] for t in script.turns if t[2] == number) for number in range(2, 9)}
    assert len(orders) > 1


def test_a_point_without_a_runner_left_does_not_hold_the_others_up(tmp_path, monkeypatch):
    Script(lambda runner, turn, threads: None if threads == 2 else 0.1, monkeypatch)
    settings = {"rounds": "auto", "precision": 0.5, "budget_seconds": 1e6}
    points = sweep_points(tmp_path, [1, 2], **settings)
    run_points(points, SILENT)
    assert [len(point.run.runners[0].rounds) for point in points] == [5, 1]


def test_every_point_must_be_precise(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float:
        noise = 0.02 if (runner.label, threads) == ("b", 2) else 0.0
        return 0.1 * (1 + noise * (-1) ** turn.round)

    Script(seconds, monkeypatch)
    settings = {"rounds": "auto", "precision": 0.01, "budget_seconds": 1e6}
    points = sweep_points(tmp_path, [1, 2], **settings)
    run_points(points, SILENT)
    counts = {len(record.rounds) for point in points for record in point.run.runners}
    assert len(counts) == 1 and counts.pop() > 5
    quiet, noisy = (widest_interval([point.run]) for point in points)
    assert quiet == 0.0 and noisy is not None and 0.0 < noisy <= 0.01
    assert widest_interval([point.run for point in points]) == noisy
