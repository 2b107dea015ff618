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
from netparity.sweep.plans import make_plans
from netparity.sweep.summary import summarise_sweep
from netparity.sweep.tables import FILES, MARKDOWN_FILE, Sweep
from netparity.watch import SILENT, Watch

__all__ = ["Grid", "run_sweep"]


def run_sweep(request: Request, grid: Grid, watch: Watch = SILENT) -> tuple[Sweep, list[Run], Path]:
    """Run the grid; judge and store every point; return what was found, and where it lies.

    The images given are repeated until a batch is full.

    Raises:
        NetparityError: for what is wrong with the request, before any runner starts.
        KeyboardInterrupt: after what was done has been judged and stored.
    """
    plans = list(make_plans(request, grid, watch))
    parent = RunFolder.create(request.results, f"{new_name()}-sweep")

    def folder_of(plan: Plan) -> RunFolder:
        name = f"{parent.run_id}-batch-{len(plan.images)}-threads-{plan.threads}"
        return RunFolder.create(parent.path, name)

    with parent.discarded_unless_begun():
        measured = measure(begin_points(plans, folder_of, watch), watch)
    runs = [point.run for point in measured.points]
    found = summarise_sweep(parent.run_id, runs, measured.interrupted)
    for name, render in FILES.items():
        parent.write_text(name, render(found))
    finish(measured, watch)
    if measured.interrupted:
        watch.message(f"what was done is kept; the table is in {parent.path / MARKDOWN_FILE}")
        first = shlex.quote(str(measured.points[0].store.path))
        watch.message(f"show one of its runs with: netparity report {first}")
        raise KeyboardInterrupt
    return found, [point.run for point in measured.points], parent.path
