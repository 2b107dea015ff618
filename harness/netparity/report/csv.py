"""table.csv: one row per runner, full precision, an empty cell for what is missing."""

from __future__ import annotations

from netparity.protocol import INPUTS, PHASES, Run
from netparity.report.cells import image_rate
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
    """Everything that the run holds of one runner, flat."""
    record = run.runners[index]
    flat: dict[str, object] = {
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
        low, high = (entry and entry.interval_seconds) or (None, None)
        ratio_low, ratio_high = (entry and entry.ratio_interval) or (None, None)
        flat |= {
            f"{phase}_median_seconds": entry and entry.median_seconds,
            f"{phase}_min_seconds": entry and entry.min_seconds,
            f"{phase}_max_seconds": entry and entry.max_seconds,
            f"{phase}_interval_low_seconds": low,
            f"{phase}_interval_high_seconds": high,
            f"{phase}_ratio": entry and entry.ratio_to_reference,
            f"{phase}_ratio_low": ratio_low,
            f"{phase}_ratio_high": ratio_high,
            f"{phase}_verdict": entry and entry.verdict,
        }
    flat["predict_images_per_second"] = image_rate(len(run.images), timing.get("predict"))
    found = {
        (entry.input, entry.feature): entry
        for entry in run.parity
        if entry.label == record.label and entry.against == "reference"
    }
    for kind in INPUTS:
        for feature in run.settings.layers:
            judged = found.get((kind, feature))
            for metric in ("relative_l2", "max_abs", "cosine_distance", "floor", "verdict"):
                flat[f"{kind}_{feature}_{metric}"] = getattr(judged, metric, None)
    return flat
