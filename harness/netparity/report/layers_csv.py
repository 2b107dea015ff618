"""layers.csv: seconds of every layer, one row per runner and layer; just the header without any."""

from __future__ import annotations

from netparity.protocol import LayerTiming
from netparity.report.document import Document
from netparity.report.rows import document_csv

HELP = "a row per runner and layer, with `--per-layer`"
SUFFIX = ".csv"
FILE = "layers.csv"
COLUMNS_OF = "rows"
COLUMNS = ("run_id", *LayerTiming.model_fields)


def render(document: Document) -> str:
    """The runs' layer timings as CSV (RFC 4180)."""
    rows = (
        {"run_id": run.run_id, **entry.model_dump()}
        for run in document.runs
        for entry in run.layer_timing
    )
    return document_csv(document, COLUMNS, rows)
