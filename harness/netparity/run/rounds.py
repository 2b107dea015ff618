"""The rounds: in each of them every runner of every point has one fresh process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

from netparity.protocol import Round, Run
from netparity.results.folder import RunFolder
from netparity.results.seconds import ok_phases
from netparity.run.points import Point
from netparity.run.process import Turn, execute
from netparity.run.recording import add_outcome
from netparity.runners import Runner
from netparity.timing import calibrate, compare_all, shuffled_rounds
from netparity.watch import Watch


def run_points(points: Sequence[Point], watch: Watch) -> None:
    """Every runner of every point once per round, all shuffled together.

    A run is stored after each of its processes. A runner that has failed is left out of the later
    rounds of its point. The schedule and the order's seed are the first point's.
    """
    schedule = points[0].plan.schedule
    cells = [(point, runner) for point in points for runner in point.runners]
    orders = shuffled_rounds(cells, points[0].run.settings.order_seed)
    begun = time.monotonic()
    done = 0.0
    with watch.task("sweeping" if len(points) > 1 else "comparing", 1.0) as task:
        for rounds, order in enumerate(orders):
            live = [point for point in points if not all_failed(point)]
            state = rounds, time.monotonic() - begun, widest_interval([each.run for each in live])
            if not live or schedule.is_over(*state):
                break
            for place, (point, runner) in enumerate(order, start=1):
                if has_failed(point.run, runner.label):
                    continue
                where = f"{describe_settings(point)}: " if len(points) > 1 else ""
                task.note(f"{where}{runner.label}, {schedule.words(*state)}")
                take_turn(point, runner, rounds + 1, place, watch)
                part = rounds + place / len(order), time.monotonic() - begun, state[2]
                step = max(0.0, schedule.progress(*part) - done)
                task.advance(step)
                done += step


def take_turn(point: Point, runner: Runner, number: int, place: int, watch: Watch) -> None:
    """One process of one runner: in round `number` (from 1), at this place in it (from 1)."""
    position = [each.label for each in point.plan.runners].index(runner.label) + 1
    turn = Turn(position, number, place, calibrate())
    environments = point.plan.request.environments
    outcome = execute(runner, point.assignment, point.store, environments, turn)
    point.keep(add_outcome(point.run, runner.label, outcome, point.store))
    report_process(watch, runner.label, outcome.record, point.store)


def widest_interval(runs: Sequence[Run]) -> float | None:
    """Half-width of the widest interval of all predict ratios; None where one has none yet.

    Whether a runner agrees is not known yet, so all are looked at.
    """
    widths: list[float | None] = []
    for run in runs:
        predict = {label: phases.get("predict", {}) for label, phases in ok_phases(run).items()}
        if not predict:
            return None
        asked = run.settings.ratio_reference
        base = asked if asked in predict else next(iter(predict))
        widths += [
            entry.ratio.interval.half_width if entry.ratio and entry.ratio.interval else None
            for entry in compare_all(predict, base).values()
        ]
    known = [width for width in widths if width is not None]
    return max(known, default=0.0) if len(known) == len(widths) else None


def has_failed(run: Run, label: str) -> bool:
    """Whether a process of this runner has failed."""
    return next(record for record in run.runners if record.label == label).status == "failed"


def all_failed(point: Point) -> bool:
    """Whether a point has no runner left to run."""
    return all(has_failed(point.run, runner.label) for runner in point.runners)


def describe_settings(point: Point) -> str:
    """The point's settings, for the progress bar."""
    return f"batch {len(point.plan.images)}, {point.plan.threads} threads"


def report_process(watch: Watch, label: str, record: Round, store: RunFolder) -> None:
    """Say how one process went."""
    watch.detail(describe_process(label, record))
    if record.reason is not None:
        watch.warning(f"{label} failed: {record.reason}")
        watch.message(f"  its log: {store.path / record.log}")


def describe_process(label: str, record: Round) -> str:
    """One process in a line, for `--verbose`."""
    phases = ", ".join(f"{name} {median(values):.3g} s" for name, values in record.phases.items())
    return f"{label}: {record.status} in {record.wall_seconds:.1f} s ({phases}); log {record.log}"
