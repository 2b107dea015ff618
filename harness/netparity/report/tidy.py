"""One row per value with its interval and unit, for ggplot, seaborn and data frames.

`read.csv(file)` and `pandas.read_csv(file)` infer every column's type; an empty cell is NA.
"""

from __future__ import annotations

from collections.abc import Iterator

from netparity.protocol import ParityEntry, Run
from netparity.report.cells import image_rate
from netparity.report.document import Document
from netparity.report.rows import document_csv
from netparity.results.devices import on_processor

HELP = "a row per value with interval and unit, for pandas, R and the like"
SUFFIX = ".csv"
FILE = None
COLUMNS_OF = "rows"
COLUMNS = (
    *("run_id", "started", "netparity_version", "cpu", "model", "label", "runner", "input"),
    *("feature", "against", "phase", "quantity", "value", "low", "high", "unit", "verdict"),
)
_METRICS = {
    "relative_l2": "1",
    "floor": "1",
    "rms": "feature",
    "max_abs": "feature",
    "cosine_distance": "1",
    "snr_db": "dB",
    "ulp_99": "ulp",
    "spearman": "1",
    "top1": "1",
    "top5": "1",
}


def render(document: Document) -> str:
    """The runs' values as CSV (RFC 4180)."""
    return document_csv(document, COLUMNS, (row for run in document.runs for row in rows(run)))


def rows(run: Run) -> Iterator[dict[str, object]]:
    """A dictionary for each value: parity, then timing, then layers and memory."""
    about = {
        "run_id": run.run_id,
        "started": run.started,
        "netparity_version": run.netparity_version,
        "cpu": run.machine.cpu,
        "model": run.model,
    }
    kinds = {record.label: record.runner for record in run.runners}
    for value in _values(run):
        label = str(value["label"])
        yield {**dict.fromkeys(COLUMNS), **about, "runner": kinds.get(label), **value}


def _values(run: Run) -> Iterator[dict[str, object]]:
    for judged in run.parity:
        yield from _parity(judged)
    for entry in run.timing:
        of = {"label": entry.label, "phase": entry.phase, "verdict": entry.verdict}
        yield of | _value("seconds", entry.median_seconds, entry.interval_seconds, "s")
        yield of | _value("best_seconds", entry.min_seconds, None, "s")
        if entry.ratio_to_reference is not None:
            yield of | _value("ratio", entry.ratio_to_reference, entry.ratio_interval, "1")
        rate = image_rate(len(run.images), entry) if entry.phase == "predict" else None
        if rate is not None:
            yield of | _value("images_per_second", rate, None, "1/s")
        if run.limit is not None and rate is not None and on_processor(run, entry.label):
            share = run.limit.seconds / entry.median_seconds
            yield of | _value("share_of_limit", share, None, "1")
    for layer in run.layer_timing:
        if layer.own_seconds is None:
            continue
        own = _value("layer_seconds", layer.own_seconds, None, "s")
        yield {"label": layer.label, "feature": layer.layer, "phase": "predict"} | own
    for record in run.runners:
        if record.peak_rss_bytes is not None:
            yield {"label": record.label} | _value("peak_rss", record.peak_rss_bytes, None, "B")


def _parity(entry: ParityEntry) -> Iterator[dict[str, object]]:
    of = {
        "label": entry.label,
        "input": entry.input,
        "feature": entry.feature,
        "against": entry.against,
        "verdict": entry.verdict,
    }
    for name, unit in _METRICS.items():
        value = getattr(entry, name)
        if value is not None:
            yield of | _value(name, value, None, unit)


def _value(
    quantity: str, value: float, interval: tuple[float, float] | None, unit: str
) -> dict[str, object]:
    low, high = interval or (None, None)
    return {"quantity": quantity, "value": value, "low": low, "high": high, "unit": unit}
