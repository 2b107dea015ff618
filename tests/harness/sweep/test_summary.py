"""netparity sweep: its rows, and which setting wins."""

from __future__ import annotations

from netparity.results.folder import RunFolder
from netparity.results.seconds import ok_phases
from netparity.run.process import Turn
from netparity.run.request import Request
from netparity.run.rounds import run_points
from netparity.runners import Runner
from netparity.sweep.grid import Grid
from netparity.sweep.plans import make_plans
from netparity.sweep.summary import summarise_sweep
from netparity.timing import summarise
from netparity.watch import SILENT
from tests.support.scripted_processes import Script, scripted_point
from tests.support.stored_runs import entry


def test_the_winner_is_named_among_the_settings_that_ran(tmp_path, monkeypatch):
    def seconds(runner: Runner, turn: Turn, threads: int) -> float | None:
        if runner.label == "b" and threads == 2:
            return None
        base = {"a": 0.1, "b": 0.4}[runner.label] / threads
        return base * (1 + 0.001 * ((turn.round * 7 + turn.order) % 5))

    Script(seconds, monkeypatch)
    runners = [f"matconvnet-octave[label={name}]" for name in ("a", "b")]
    request = Request(model="vgg16-tiny", runners=runners, results=tmp_path, rounds=8)
    points = [
        scripted_point(plan, RunFolder.create(tmp_path, f"threads-{plan.threads}"))
        for plan in make_plans(request, Grid(threads=[1, 2]))
    ]
    run_points(points, SILENT)
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
