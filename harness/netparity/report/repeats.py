"""How many predictions were timed in each process, in words."""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.cells import counted


def counted_repeats(run: Run, noun: str) -> str:
    """The number of timed predictions per process: 5 predictions, 4 to 12 predictions.

    It is what was asked for, or else what the run chose; only the noun, in the plural, if nothing
    was timed.
    """
    if run.settings.repeats is not None:
        return counted(run.settings.repeats, noun)
    processes = [process.phases for record in run.runners for process in record.rounds]
    counts = sorted({len(phases["predict"]) for phases in processes if "predict" in phases})
    if len(counts) > 1:
        return f"{counts[0]} to {counts[-1]} {noun}s"
    return counted(counts[0], noun) if counts else f"{noun}s"
