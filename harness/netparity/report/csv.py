"""table.csv: one row per runner, full precision, an empty cell for what is missing."""

from __future__ import annotations

from netparity.protocol import INPUTS, PHASES, Run
from netparity.report.document import Document
from netparity.report.rows import document_csv
from netparity.results.outcomes import faulty_layers, outcome, parity_passed

HELP = "a row per runner, full precision, as in `table.csv`"
SUFFIX = ".csv"
FILE = "table.csv"
COLUMNS_OF = "rows"


def render(document: Document) -> str:
    """The runs as CSV (RFC 4180)."""
    rows = [row(run, index) for run in document.runs for index in range(len(run.runners))]
    # Runs of other layers have columns of their own.
    return document_csv(document, list(dict.fromkeys(name for r in rows for name in r)), rows)


def row(run: Run, index: int) -> dict[str, object]:
    """All that the run says of one runner, flat."""
    record = run.runners[index]
    said: dict[str, object] = {
        "run_id": run.run_id,
        "label": record.label,
        "runner": record.runner,
        "code": record.code,
        "status": record.status,
        "reason": record.reason,
        "outcome": outcome(run, record),
        "ranked": record.status == "ok" and parity_passed(run, record.label),
        "first_faulty_layer": next((e.feature for e in faulty_layers(run, record.label)), None),
        "model": run.model,
        "weights_kind": run.weights.kind,
        "weights_sha256": run.weights.sha256,
        "processes": sum(round_.status == "ok" for round_ in record.rounds),
        "peak_rss_bytes": record.peak_rss_bytes,
    }
    timing = {entry.phase: entry for entry in run.timing if entry.label == record.label}
    for phase in PHASES:
        entry = timing.get(phase)
        said[f"{phase}_median_seconds"] = entry.median_seconds if entry else None
        said[f"{phase}_min_seconds"] = entry.min_seconds if entry else None
        said[f"{phase}_max_seconds"] = entry.max_seconds if entry else None
        said[f"{phase}_interval_low_seconds"] = _end(entry.interval_seconds if entry else None, 0)
        said[f"{phase}_interval_high_seconds"] = _end(entry.interval_seconds if entry else None, 1)
        said[f"{phase}_ratio"] = entry.ratio_to_reference if entry else None
        said[f"{phase}_ratio_low"] = _end(entry.ratio_interval if entry else None, 0)
        said[f"{phase}_ratio_high"] = _end(entry.ratio_interval if entry else None, 1)
        said[f"{phase}_verdict"] = entry.verdict if entry else None
    found = {
        (entry.input, entry.feature): entry
        for entry in run.parity
        if entry.label == record.label and entry.against == "reference"
    }
    for kind in INPUTS:
        for feature in run.settings.layers:
            judged = found.get((kind, feature))
            name = f"{kind}_{feature}"
            said[f"{name}_relative_l2"] = judged.relative_l2 if judged else None
            said[f"{name}_max_abs"] = judged.max_abs if judged else None
            said[f"{name}_cosine_distance"] = judged.cosine_distance if judged else None
            said[f"{name}_floor"] = judged.floor if judged else None
            said[f"{name}_verdict"] = judged.verdict if judged else None
    return said


def _end(interval: tuple[float, float] | None, which: int) -> float | None:
    return interval[which] if interval else None
