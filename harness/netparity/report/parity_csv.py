"""parity.csv: one row per comparison with every metric, for R, pandas and the like."""

from __future__ import annotations

from netparity.protocol import ParityEntry
from netparity.report.document import Document
from netparity.report.rows import document_csv

HELP = "a row per comparison of two features, with every metric"
SUFFIX = ".csv"
FILE = "parity.csv"
COLUMNS_OF = "rows"

_NESTED = ("local", "identical_to", "max_abs_at")
_PLAIN = [name for name in ParityEntry.model_fields if name not in _NESTED]
COLUMNS = (
    *("run_id", *_PLAIN, "identical_to", "max_abs_at"),
    *("local_since", "local_relative_l2", "local_floor", "local_verdict"),
)


def render(document: Document) -> str:
    """Every parity entry as CSV (RFC 4180), an empty cell for what is undefined."""
    rows = (row(run.run_id, entry) for run in document.runs for entry in run.parity)
    return document_csv(document, COLUMNS, rows)


def row(run_id: str, entry: ParityEntry) -> dict[str, object]:
    """One comparison, flat."""
    said: dict[str, object] = {"run_id": run_id, **{name: getattr(entry, name) for name in _PLAIN}}
    said["identical_to"] = "; ".join(entry.identical_to)
    said["max_abs_at"] = " ".join(map(str, entry.max_abs_at or ()))
    if entry.local is not None:
        said["local_since"] = entry.local.since
        said["local_relative_l2"] = entry.local.relative_l2
        said["local_floor"] = entry.local.floor
        said["local_verdict"] = entry.local.verdict
    return said
