"""From begun points to judged and reported runs, also when Ctrl-C cuts the measurement short."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from netparity.judge.evaluate import evaluate, write_report
from netparity.results.folder import utc_now
from netparity.run.points import Point, store_references
from netparity.run.rounds import run_points
from netparity.watch import Watch


@dataclass(frozen=True)
class Stages:
    """When each stage ended; seconds of `time.monotonic`."""

    prepared: float
    referenced: float
    measured: float
    judged: float


@dataclass(frozen=True)
class Measured:
    """Points that have been judged; `stages` is None if Ctrl-C cut the measurement short."""

    points: Sequence[Point]
    stages: Stages | None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C cut the measurement short."""
        return self.stages is None


def measure(begun: Iterable[Point], watch: Watch) -> Measured:
    """Begin the points, compute their references, run the rounds and judge.

    After Ctrl-C every point that had begun is stored as interrupted, and judged by what it has.

    Args:
        begun: begins each point as it is asked for, as `begin_points` does.

    Raises:
        KeyboardInterrupt: if no point had begun.
    """
    points: list[Point] = []
    try:
        for point in begun:
            points.append(point)  # one by one: an interrupt must find those that had begun
        prepared = time.monotonic()
        store_references(points, watch)
        referenced = time.monotonic()
        run_points(points, watch)
        measured = time.monotonic()
        judge(points, watch)
    except KeyboardInterrupt:
        if not points:
            raise
        # All of them before the judging, which takes a while and can be interrupted again.
        for point in points:
            point.keep(point.run.model_copy(update={"interrupted": True}))
        judge(points, watch)
        return Measured(points, None)
    return Measured(points, Stages(prepared, referenced, measured, time.monotonic()))


def judge(points: Sequence[Point], watch: Watch) -> None:
    """Parity and timing of every point, from what is stored."""
    for point in points:
        point.run = evaluate(point.run, point.store, point.plan.weights.tensors(), watch)


def finish(measured: Measured, watch: Watch, **changes: Any) -> None:
    """Store every run as it ended, with these `changes`, and then every report."""
    ended = {} if measured.interrupted else {"finished": utc_now()}
    for point in measured.points:
        point.keep(point.run.model_copy(update={**ended, **changes}))
    for point in measured.points:
        write_report(point.run, point.store, watch)
