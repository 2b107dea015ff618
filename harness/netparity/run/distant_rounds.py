"""Rounds on the workers of a cluster: a whole round is one task on one node.

All processes of a round share a node, so that a ratio is always one of times on the same machine,
and a node does one round at a time. A worker makes the points anew from what was asked for, does a
round, and sends its files; they are stored as if the round had been run here.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from netparity.protocol import Machine, Run
from netparity.results.folder import RunFolder
from netparity.run.cluster import open_cluster, worker_folder
from netparity.run.planning import Plan
from netparity.run.points import Point, begin_points
from netparity.run.process import Outcome
from netparity.run.recording import add_outcome
from netparity.run.rounds import (
    all_failed,
    has_failed,
    report_process,
    run_round,
    widest_interval,
)
from netparity.system.measuring import measuring
from netparity.timing import Schedule, describe_machine, shuffled_rounds
from netparity.watch import SILENT, Watch

_MOST_LOG_BYTES = 2**20


class Recipe(Protocol):
    """What was asked for, in a form that can be sent: it makes the plans of all points."""

    def plans(self) -> Sequence[Plan]:
        """The same on every machine, in the same order."""


@dataclass(frozen=True)
class Sent:
    """What one process did, and its files by their names in the run's folder."""

    point: int
    label: str
    outcome: Outcome
    files: dict[str, bytes]


@dataclass(frozen=True)
class RoundDone:
    """A round that a worker did.

    Attributes:
        node: the worker's machine.
        schedules: of each point: how the round was run, and why not in turns.
        beside: whether another comparison was measuring on the machine at the same time.
    """

    node: str
    machine: Machine
    schedules: Sequence[tuple[str, str | None]]
    sent: list[Sent]
    beside: bool = False


_BEGUN: dict[str, list[Point]] = {}
"""The points of the one recipe that this worker has met, and their runs before any round."""


def do_round(recipe: Recipe, weights: str, number: int, seed: int) -> RoundDone:
    """Do one round on this machine, alone.

    Args:
        weights: the hash of the weights.
        number: of the round, from 1.
        seed: of the orders.

    Raises:
        RuntimeError: if this machine has other weights.
    """
    points = _points(recipe, weights)
    cells = [(point, runner) for point in points for runner in point.runners]
    order = next(islice(shuffled_rounds(cells, seed), number - 1, None))
    blank = [point.run for point in points]
    sent = []
    with measuring(SILENT) as turn:
        for point, runner, outcome in run_round(order, number, f"{seed}-{number}", _quiet):
            place = next(k for k, each in enumerate(points) if each is point)
            sent.append(Sent(place, runner.label, outcome, _files(outcome, point.store)))
        beside = turn.beside
    settings = [point.run.settings for point in points]
    for point, run in zip(points, blank, strict=True):
        point.run = run
        shutil.rmtree(point.store.path / "runners", ignore_errors=True)
    schedules = [(each.schedule, each.schedule_reason) for each in settings]
    return RoundDone(socket.gethostname(), describe_machine(), schedules, sent, beside)


def run_distant_rounds(spec: str, points: Sequence[Point], recipe: Recipe, watch: Watch) -> None:
    """Every runner of every point once per round, as `run_points` does it, on a cluster.

    What a lost worker or scheduler leaves undone is said and counted; what was done is kept.

    Raises:
        NetparityError: if there is no such cluster.
    """
    schedule, seed = points[0].plan.schedule, points[0].run.settings.order_seed
    weights = points[0].plan.weights.sha256
    asked, names, begun = 0, dict[str, str](), time.monotonic()
    with open_cluster(spec, watch) as cluster, watch.task("comparing", 1.0) as task:
        while wave := _wave(schedule, points, asked, time.monotonic() - begun, cluster.count()):
            orders = [(recipe, weights, asked + k + 1, seed) for k in range(wave)]
            done = 0
            for _, found in cluster.each(do_round, orders):
                done += 1
                if isinstance(found, BaseException):
                    watch.warning(f"a round was not done: {found}")
                else:
                    # A run is made to be shown to others, who need no name of a machine.
                    node = names.setdefault(found.node, f"node {len(names) + 1}")
                    watch.detail(f"{node} is {found.node}")
                    _keep(found, node, points, watch)
                task.advance(1 / max(schedule.least, asked + wave))
            if done < wave:
                watch.warning(
                    f"{wave - done} of {wave} rounds were lost with the scheduler; what was done "
                    "is kept"
                )
                return
            asked += wave


def _wave(
    schedule: Schedule, points: Sequence[Point], asked: int, seconds: float, workers: int
) -> int:
    """How many rounds are begun next; 0 at the end."""
    live = [point for point in points if not all_failed(point)]
    if not live:
        return 0
    if asked < schedule.least:
        return schedule.least - asked
    state = asked, seconds, widest_interval([point.run for point in live])
    return 0 if schedule.is_over(*state) else max(1, workers)


def _points(recipe: Recipe, weights: str) -> list[Point]:
    """The points, begun once in each worker's process, in a folder of its own."""
    key = f"{recipe!r} {weights}"
    if key not in _BEGUN:
        plans = list(recipe.plans())
        if any(plan.weights.sha256 != weights for plan in plans):
            raise RuntimeError(f"the weights on {socket.gethostname()} are others")
        folder = Path(tempfile.mkdtemp(prefix="netparity-", dir=worker_folder()))
        numbers = iter(range(len(plans)))

        def folder_of(_: Plan) -> RunFolder:
            return RunFolder.create(folder, f"point-{next(numbers)}")

        _BEGUN.clear()
        _BEGUN[key] = list(begin_points(plans, folder_of, SILENT))
    return _BEGUN[key]


def _files(outcome: Outcome, store: RunFolder) -> dict[str, bytes]:
    """All that a process left; of a log its end."""
    found = {}
    for path in sorted(outcome.folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found[store.relative(path)] = data[-_MOST_LOG_BYTES:] if path.suffix == ".txt" else data
    return found


def _keep(done: RoundDone, node: str, points: Sequence[Point], watch: Watch) -> None:
    """Store what a worker sent, under a name for its machine."""
    for point, (schedule, reason) in zip(points, done.schedules, strict=True):
        settings = point.run.settings.model_copy(
            update={"schedule": schedule, "schedule_reason": reason}
        )
        nodes = {**point.run.nodes, node: done.machine}
        changes = {"settings": settings, "nodes": nodes}
        if done.beside:
            changes["measured_beside"] = True
        point.keep(point.run.model_copy(update=changes))
    for each in done.sent:
        point = points[each.point]
        if has_failed(point.run, each.label):
            continue  # in an earlier round
        for name, data in each.files.items():
            point.store.write_bytes(name, data)
        record = each.outcome.record.model_copy(update={"node": node})
        outcome = replace(each.outcome, record=record)
        point.keep(_in_order(add_outcome(point.run, each.label, outcome, point.store)))
        report_process(watch, each.label, record, point.store)


def _in_order(run: Run) -> Run:
    """The run with the rounds of each runner by their numbers: they arrive in any order."""
    runners = [
        record.model_copy(update={"rounds": sorted(record.rounds, key=lambda each: each.round)})
        for record in run.runners
    ]
    return run.model_copy(update={"runners": runners})


def _quiet(cell: object, happening: str = "") -> None:
    """Nobody looks on."""
