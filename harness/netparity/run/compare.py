"""The whole story: check the request, run the rounds, judge, time, report."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from netparity.protocol import Run, WallClock
from netparity.results.folder import RUN_FILE, RunFolder
from netparity.run.measuring import Stages, finish, measure
from netparity.run.planning import Plan, make_plan
from netparity.run.points import begin_points
from netparity.run.request import Request
from netparity.system.kept import kept, kept_words
from netparity.watch import SILENT, Watch

__all__ = ["compare"]


def compare(
    request: Request, watch: Watch = SILENT, temporary: bool = False
) -> tuple[Run, RunFolder]:
    """Run every runner on the same weights and images, then judge, time and store the results.

    Args:
        temporary: whether the results are removed later, so that nobody is told where they are.

    Raises:
        NetparityError: for what is wrong with the request, its files or the results folder,
            before any runner starts. What goes wrong in a runner becomes part of the run.
        KeyboardInterrupt: after what was done has been stored.
    """
    begun = request.begun_monotonic or time.monotonic()
    plan = make_plan(request, watch)
    store = RunFolder.create(request.results)
    words = partial(_kept_words, store, temporary)
    with kept(words), store.discarded_unless_begun():
        measured = measure(
            begin_points([plan], lambda _: store, watch), watch, Single(request), request.cluster
        )
    [point] = measured.points
    if measured.stages is None:
        if (sentence := words()) is not None:
            watch.message(sentence)
        raise KeyboardInterrupt
    with kept(words):
        finish(measured, watch, wall=wall_clock(point.run, begun, measured.stages))
    return point.run, store


def _kept_words(store: RunFolder, temporary: bool) -> str | None:
    """Where the part of a run is that was done."""
    if not (store.path / RUN_FILE).exists():
        store.discard()
        return None
    if temporary:
        return None
    return kept_words("show it with", "netparity report", store.path)


@dataclass(frozen=True)
class Single:
    """One comparison, as a worker of a cluster makes it."""

    request: Request

    def plans(self) -> list[Plan]:
        """Its only plan."""
        return [make_plan(self.request)]


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
        waiting_seconds=stages.waited,
    )
