"""measurements.csv: every raw value in seconds, one row each."""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import PHASES, Round, Run, Usage
from netparity.report.document import Document
from netparity.report.rows import document_csv
from netparity.timing import taken_while_stolen

HELP = "a row per raw second"
SUFFIX = ".csv"
FILE = "measurements.csv"
COLUMNS_OF = "rows"
COLUMNS = (
    *("run_id", "label", "runner", "round", "order", "phase", "index", "seconds", "loops"),
    *("status", "tick_seconds", "multiply_seconds", "copy_seconds", "peak_rss_bytes"),
    *("turn", *Usage.model_fields, "while_stolen"),
)


def render(document: Document) -> str:
    """The runs' seconds as CSV (RFC 4180)."""
    return document_csv(document, COLUMNS, (row for run in document.runs for row in rows(run)))


def rows(run: Run) -> Iterator[dict[str, object]]:
    """A dictionary for each value, in the order of runners, rounds and phases.

    `index` counts the values of a phase in one process from 1. Each value is the mean of `loops`
    calls. `multiply_seconds` and `copy_seconds` are from the calibration before the process.
    `while_stolen` says whether the hypervisor gave processor time to other machines meanwhile.
    """
    for record in run.runners:
        for round_ in record.rounds:
            turns = _turns(round_)
            for phase in PHASES:
                usages = round_.usage.get(phase, [])
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
                        "turn": turns.get(index) if phase == "predict" else None,
                        **_used(seconds, usages[index - 1] if index <= len(usages) else None),
                    }


def _turns(round_: Round) -> dict[int, int]:
    """The turn of each value of `predict`, by its index; none where the process ran alone."""
    turns = [block.turn for block in round_.blocks or () for _ in block.seconds]
    return dict(enumerate(turns, start=1))


def _used(seconds: float, usage: Usage | None) -> dict[str, object]:
    """What was used during a value; None for what is not known."""
    if usage is None:
        return dict.fromkeys((*Usage.model_fields, "while_stolen"))
    known = usage.stolen_seconds is not None
    stolen = ("yes" if taken_while_stolen(seconds, usage) else "no") if known else None
    return {**usage.model_dump(), "while_stolen": stolen}


def _loops(round_: Round, phase: str, index: int) -> int:
    """Calls per value: 1 for phases that run once, and for the first, cold preprocessing."""
    if round_.clock is None:
        return 1
    if phase == "preprocess" and index > 1:
        return round_.clock.preprocess_loops
    return round_.clock.predict_loops if phase == "predict" else 1
