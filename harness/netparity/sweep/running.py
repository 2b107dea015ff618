"""netparity sweep: every runner under every setting of a grid, with one schedule for all.

Each pair of batch size and number of threads is a run of its own, stored and judged as any other;
their processes take turns within the same rounds, so that settings can be compared in pairs.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from netparity.protocol import Run
from netparity.results.folder import RunFolder, new_name
from netparity.run.measuring import finish, measure
from netparity.run.planning import Plan
from netparity.run.points import begin_points
from netparity.run.request import Request
from netparity.sweep.grid import Grid
from netparity.sweep.plans import Points, make_plans
from netparity.sweep.remaking import write_tables
from netparity.sweep.summary import planned_rows, summarise_sweep
from netparity.sweep.tables import JSON_FILE, Sweep, as_json
from netparity.system.kept import kept, kept_words
from netparity.watch import SILENT, Watch

__all__ = ["Grid", "run_sweep"]


def run_sweep(request: Request, grid: Grid, watch: Watch = SILENT) -> tuple[Sweep, list[Run], Path]:
    """Run the grid; judge and store every point; return what was found, and where it lies.

    The images given are repeated until a batch is full.

    Raises:
        NetparityError: for what is wrong with the request, before any runner starts.
        KeyboardInterrupt: after what was done has been stored.
    """
    plans = list(make_plans(request, grid, watch))
    parent = RunFolder.create(request.results, f"{new_name()}-sweep")

    def folder_of(plan: Plan) -> RunFolder:
        name = f"{parent.run_id}-batch-{len(plan.images)}-threads-{plan.threads}"
        return RunFolder.create(parent.path, name)

    sentence = kept_words("show it with", "netparity report", parent.path)
    planned = list(planned_rows(plans))
    with parent.discarded_unless_begun():
        # From now on `netparity report` can make the tables, whatever ends the sweep.
        begun = Sweep(parent.run_id, "", planned, [], interrupted=True)
        parent.write_text(JSON_FILE, as_json(begun))
        watch.message(f"the sweep is stored in {parent.path}")
        begun_points = begin_points(plans, folder_of, watch)
        with kept(lambda: sentence):
            measured = measure(begun_points, watch, Points(request, grid), request.cluster)
    if measured.interrupted:
        watch.message(sentence)
        first = shlex.quote(str(measured.points[0].store.path))
        watch.message(f"show one of its runs with: netparity report {first}")
        raise KeyboardInterrupt
    runs = [point.run for point in measured.points]
    found = summarise_sweep(parent.run_id, runs, interrupted=False, planned=planned)
    with kept(lambda: sentence):
        write_tables(found, parent)
        finish(measured, watch)
    return found, [point.run for point in measured.points], parent.path
