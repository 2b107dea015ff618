"""parity.csv: one row per comparison, with every metric."""

from __future__ import annotations

from netparity.protocol import ParityEntry
from netparity.report.document import Document
from netparity.report.rows import document_csv

HELP = "a row per comparison of two features, with every metric"
SUFFIX = ".csv"
FILE = "parity.csv"
COLUMNS_OF = "rows"

_NESTED = ("local", "or_arithmetic", "identical_to", "max_abs_at")
_PLAIN = [name for name in ParityEntry.model_fields if name not in _NESTED]
COLUMNS = (
    *("run_id", *_PLAIN, "or_arithmetic", "identical_to", "max_abs_at"),
    *("local_since", "local_relative_l2", "local_floor", "local_verdict"),
)


def render(document: Document) -> str:
    """Every parity entry as CSV (RFC 4180), with an empty cell for an undefined metric."""
    rows = (row(run.run_id, entry) for run in document.runs for entry in run.parity)
    return document_csv(document, COLUMNS, rows)


def row(run_id: str, entry: ParityEntry) -> dict[str, object]:
    """One comparison, flat."""
    flat: dict[str, object] = {"run_id": run_id, **{name: getattr(entry, name) for name in _PLAIN}}
    flat["or_arithmetic"] = "; ".join(entry.or_arithmetic)
    flat["identical_to"] = "; ".join(entry.identical_to)
    flat["max_abs_at"] = " ".join(map(str, entry.max_abs_at or ()))
    if entry.local is not None:
        flat["local_since"] = entry.local.since
        flat["local_relative_l2"] = entry.local.relative_l2
        flat["local_floor"] = entry.local.floor
        flat["local_verdict"] = entry.local.verdict
    return flat
