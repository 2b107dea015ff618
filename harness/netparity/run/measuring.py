"""From begun points to judged and reported runs; what Ctrl-C cuts short is stored as it is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from netparity.judge.evaluate import evaluate, write_report
from netparity.results.folder import utc_now
from netparity.run.distant_rounds import Recipe, run_distant_rounds
from netparity.run.points import Point, store_references
from netparity.run.rotten import check_weight_files
from netparity.run.rounds import run_points
from netparity.system.measuring import Measuring, measuring
from netparity.watch import Watch


@dataclass(frozen=True)
class Stages:
    """When each stage ended, and for how long others were waited for; seconds.

    All but `waited` are of the clock `time.monotonic`.
    """

    prepared: float
    referenced: float
    waited: float
    measured: float
    judged: float


@dataclass(frozen=True)
class Measured:
    """Points that have been judged; or not, with `stages` None, if Ctrl-C cut them short."""

    points: Sequence[Point]
    stages: Stages | None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C cut the measurement short."""
        return self.stages is None


def measure(
    begun: Iterable[Point], watch: Watch, recipe: Recipe | None = None, cluster: str | None = None
) -> Measured:
    """Begin the points, compute their references, run the rounds and judge.

    After Ctrl-C every point that had begun is stored as interrupted. It is not judged, because the
    program has to end soon; `netparity report` does that.

    Args:
        begun: begins each point as it is asked for, as `begin_points` does.
        recipe: makes the same points on a worker of a cluster.
        cluster: which one, where the rounds are not run here.

    Raises:
        KeyboardInterrupt: if no point had begun.
    """
    points: list[Point] = []
    try:
        for point in begun:
            points.append(point)  # one by one: an interrupt must find those that had begun
        prepared = time.monotonic()
        store_references(points, watch)
        referenced, waited = time.monotonic(), 0.0
        if cluster is None or recipe is None:
            waited = run_alone(points, watch)
        else:
            run_distant_rounds(cluster, points, recipe, watch)
        measured = time.monotonic()
        judge(points, watch)
    except KeyboardInterrupt:
        if not points:
            raise
        for point in points:
            point.keep(point.run.model_copy(update={"interrupted": True}))
        return Measured(points, None)
    return Measured(points, Stages(prepared, referenced, waited, measured, time.monotonic()))


def run_alone(points: Sequence[Point], watch: Watch) -> float:
    """The rounds on this machine, while no other comparison measures there.

    Where one does nevertheless, every run says so.

    Returns:
        For how many seconds another comparison was waited for.
    """
    with measuring(watch, wait=not points[0].plan.request.no_wait) as turn:
        mark_beside(points, turn, watch)
        try:
            run_points(points, watch, turn.expect)
        finally:
            mark_beside(points, turn, watch)
    return turn.waited_seconds


def mark_beside(points: Sequence[Point], turn: Measuring, watch: Watch) -> None:
    """Store in the runs that another comparison measured at the same time, if one did."""
    if not turn.beside or points[0].run.measured_beside:
        return
    watch.warning("another comparison is measuring on this machine: the timings of both are marked")
    for point in points:
        point.keep(point.run.model_copy(update={"measured_beside": True}))


def judge(points: Sequence[Point], watch: Watch) -> None:
    """Parity and timing of every point, from what is stored."""
    for point in points:
        point.run = evaluate(point.run, point.store, point.plan.weights.tensors(), watch)
    check_weight_files(points, watch)


def finish(measured: Measured, watch: Watch, **changes: Any) -> None:
    """Store every judged run as finished, with these `changes`, and then every report."""
    for point in measured.points:
        point.keep(point.run.model_copy(update={"finished": utc_now(), **changes}))
    for point in measured.points:
        write_report(point.run, point.store, watch)
