"""measurements.csv: every raw value in seconds, one row each."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import PHASES, Round, Run
from netparity.report.document import Document
from netparity.report.rows import document_csv

HELP = "a row per raw second"
SUFFIX = ".csv"
FILE = "measurements.csv"
COLUMNS_OF = "rows"
COLUMNS = (
    *("run_id", "label", "runner", "round", "order", "phase", "index", "seconds", "loops"),
    *("status", "tick_seconds", "multiply_seconds", "copy_seconds", "peak_rss_bytes"),
)


def render(document: Document) -> str:
    """The runs' seconds as CSV (RFC 4180)."""
    return document_csv(document, COLUMNS, (row for run in document.runs for row in rows(run)))


def rows(run: Run) -> Iterator[dict[str, object]]:
    """A dictionary for each value, in the order of runners, rounds and phases.

    `index` counts the values of a phase in one process from 1. Each value is the mean of `loops`
    calls. `multiply_seconds` and `copy_seconds` are from the calibration before the process.
    """
    for record in run.runners:
        for round_ in record.rounds:
            for phase in PHASES:
                for index, seconds in enumerate(round_.phases.get(phase, ()), start=1):
                    clock, state = round_.clock, round_.calibration
                    yield {
                        "run_id": run.run_id,
                        "label": record.label,
                        "runner": record.runner,
                        "round": round_.round,
                        "order": round_.order,
                        "phase": phase,
                        "index": index,
                        "seconds": seconds,
                        "loops": _loops(round_, phase, index),
                        "status": round_.status,
                        "tick_seconds": clock.tick_seconds if clock else None,
                        "multiply_seconds": state.multiply_seconds if state else None,
                        "copy_seconds": state.copy_seconds if state else None,
                        "peak_rss_bytes": round_.peak_rss_bytes,
                    }


def _loops(round_: Round, phase: str, index: int) -> int:
    """Calls per value: 1 for phases that run once, and for the first, cold preprocessing."""
    if round_.clock is None:
        return 1
    if phase == "preprocess" and index > 1:
        return round_.clock.preprocess_loops
    return round_.clock.predict_loops if phase == "predict" else 1
