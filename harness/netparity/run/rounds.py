"""The rounds: in each of them every runner of every point has one fresh process."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Protocol

from netparity.protocol import Round, Run
from netparity.results.folder import RunFolder
from netparity.results.seconds import ok_phases, ok_turns, round_nodes
from netparity.run.interleaving import interleave
from netparity.run.kept_pace import keep_pace, recall_round
from netparity.run.outlook import Outlook
from netparity.run.points import Point
from netparity.run.process import Outcome, Process, Turn, execute, prepare
from netparity.run.recording import add_outcome
from netparity.run.scheduling import Cell, why_sequential
from netparity.runners import Runner
from netparity.timing import calibrate, compare_all, repeats_alone, shuffled_rounds
from netparity.watch import Watch

State = tuple[int, float, float | None]
"""Rounds so far, seconds, and the widest interval: what `Schedule` decides by."""


class Note(Protocol):
    """Says in the progress bar what happens to a cell."""

    def __call__(self, cell: Cell, happening: str = "") -> None:
        """Show it."""


def run_points(
    points: Sequence[Point],
    watch: Watch,
    expect: Callable[[float], None] = lambda seconds: None,
) -> None:
    """Every runner of every point once per round, all shuffled together.

    A run is stored after each of its processes. A runner that has failed is left out of the later
    rounds of its point. The schedule and the order's seed are the first point's.

    Args:
        expect: is told how many seconds all this will still take, whenever that is known anew.
    """
    schedule = points[0].plan.schedule
    cells = [(point, runner) for point in points for runner in point.runners]
    seed = points[0].run.settings.order_seed
    begun = time.monotonic()
    done = 0.0
    with watch.task("sweeping" if len(points) > 1 else "comparing", 1.0) as task:
        outlook = Outlook(task, schedule, recall_round(cells), time.monotonic, expect)
        for rounds, order in enumerate(shuffled_rounds(cells, seed)):
            live = [point for point in points if not all_failed(point)]
            state = rounds, time.monotonic() - begun, widest_interval([each.run for each in live])
            if not live or schedule.is_over(*state):
                break
            outlook.begin_round(state[2])
            task.note(schedule.words(*state))

            def note(cell: Cell, happening: str = "", state: State = state) -> None:
                where = f"{describe_settings(cell[0])}: " if len(points) > 1 else ""
                happening = f", {happening}" if happening else ""
                task.flash(f"{where}{cell[1].label}, {schedule.words(*state)}{happening}")

            # Closed at once when it is broken off: its processes must not outlive it.
            round_ = run_round(
                order, rounds + 1, f"{seed}-{rounds + 1}", note, outlook.expect_round
            )
            with closing(round_) as ended:
                for place, (point, runner, outcome) in enumerate(ended, start=1):
                    point.keep(add_outcome(point.run, runner.label, outcome, point.store))
                    report_process(watch, runner.label, outcome.record, point.store)
                    part = rounds + place / len(order), time.monotonic() - begun, state[2]
                    step = max(0.0, schedule.progress(*part) - done)
                    task.advance(step)
                    done += step
                    if outcome.record.blocks is None:
                        outlook.process_ended(place, len(order))
    keep_pace(points)


def run_round(
    order: Sequence[Cell],
    number: int,
    seed: str,
    note: Note,
    expect: Callable[[float], None] = lambda seconds: None,
) -> Generator[tuple[Point, Runner, Outcome]]:
    """One round; yields what each process did, as soon as it has ended.

    Args:
        order: all cells; those that have failed are left out, and their places stay empty.
        number: of the round, from 1.
        seed: of the order within the turns.
        expect: is told how many seconds a round of turns will still take.
    """
    live = [cell for cell in order if not has_failed(cell[0].run, cell[1].label)]
    reason = why_sequential(live)
    for point in {id(point): point for point, _ in live}.values():
        point.keep(with_schedule(point.run, number, reason))
    places = {id(cell): place for place, cell in enumerate(order, start=1)}
    if reason is not None:
        for cell in live:
            note(cell)
            yield *cell, run_sequential(*cell, number, places[id(cell)])
        return
    entries = [(cell, preparing(cell, number, places[id(cell)])) for cell in live]
    repeats = live[0][0].plan.request.repeats
    with closing(interleave(entries, repeats, random.Random(seed), note, expect)) as outcomes:
        for cell, outcome in outcomes:
            yield *cell, outcome


def run_sequential(point: Point, runner: Runner, number: int, place: int) -> Outcome:
    """One process of one runner: in round `number` (from 1), at this place in it (from 1)."""
    turn = Turn(position(point, runner), number, place, calibrate(), chosen_repeats(point, runner))
    environments = point.plan.request.environments
    return execute(runner, point.assignment, point.store, environments, turn)


def preparing(cell: Cell, number: int, place: int) -> Callable[[Path], Process]:
    """What prepares a process that takes turns, for the gate in a folder."""
    point, runner = cell

    def prepare_turns(turns: Path) -> Process:
        turn = Turn(position(point, runner), number, place, calibrate())
        environments = point.plan.request.environments
        return prepare(runner, point.assignment, point.store, environments, turn, turns)

    return prepare_turns


def position(point: Point, runner: Runner) -> int:
    """A runner's row in the table, from 1."""
    return [each.label for each in point.plan.runners].index(runner.label) + 1


def chosen_repeats(point: Point, runner: Runner) -> int | None:
    """The number of predictions of a process that runs alone; None for the assignment's."""
    record = next(each for each in point.run.runners if each.label == runner.label)
    earlier = [each for each in record.rounds if each.status == "ok"]
    if point.plan.request.repeats is not None or not earlier:
        return None
    return repeats_alone(earlier[-1], len(point.runners))


def with_schedule(run: Run, number: int, reason: str | None) -> Run:
    """The run, with how a round is run: its processes in turns, or for a reason not so."""
    settings = run.settings
    if reason is None:
        changes: dict[str, object] = {"schedule": "interleaved"}
        if settings.schedule == "sequential" and settings.schedule_reason is not None:
            changes["schedule_reason"] = f"the rounds before {number}: {settings.schedule_reason}"
    elif settings.schedule == "sequential":
        changes = {"schedule_reason": reason}
    else:
        earlier = f"{settings.schedule_reason}; " if settings.schedule_reason else ""
        changes = {"schedule_reason": f"{earlier}round {number}: {reason}"}
    return run.model_copy(update={"settings": settings.model_copy(update=changes)})


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
            for entry in compare_all(predict, base, ok_turns(run), nodes=round_nodes(run)).values()
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
