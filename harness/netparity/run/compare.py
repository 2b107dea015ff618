"""The whole story: check the request, run the rounds, judge, time, report."""

from __future__ import annotations

import shlex
import time

from netparity.protocol import Run, WallClock
from netparity.results.folder import RunFolder
from netparity.run.measuring import Stages, finish, measure
from netparity.run.planning import make_plan
from netparity.run.points import begin_points
from netparity.run.request import Request
from netparity.watch import SILENT, Watch

__all__ = ["compare"]


def compare(request: Request, watch: Watch = SILENT) -> tuple[Run, RunFolder]:
    """Run every runner on the same weights and images, then judge, time and store the results.

    Raises:
        NetparityError: for what is wrong with the request, its files or the results folder,
            before any runner starts. What goes wrong in a runner becomes part of the run.
        KeyboardInterrupt: after what was done has been stored and reported.
    """
    begun = request.begun_monotonic or time.monotonic()
    plan = make_plan(request, watch)
    store = RunFolder.create(request.results)
    with store.discarded_unless_begun():
        measured = measure(begin_points([plan], lambda _: store, watch), watch)
    [point] = measured.points
    if measured.stages is None:
        finish(measured, watch)
        show = f"netparity report {shlex.quote(str(store.path))}"
        watch.message(f"what was done is kept; show it with: {show}")
        raise KeyboardInterrupt
    finish(measured, watch, wall=wall_clock(point.run, begun, measured.stages))
    return point.run, store


def wall_clock(run: Run, begun: float, stages: Stages) -> WallClock:
    """Where the time of the run went; `begun` is of the same clock as `stages`."""
    extractors = sum(
        round_.wall_seconds + round_.wasted_seconds
        for record in run.runners
        for round_ in record.rounds
    )
    return WallClock(
        total_seconds=time.monotonic() - begun,
        preparation_seconds=stages.prepared - begun,
        reference_seconds=stages.referenced - stages.prepared,
        extractor_seconds=extractors,
        parity_seconds=stages.judged - stages.measured,
    )
