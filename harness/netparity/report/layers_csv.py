"""layers.csv: seconds of every layer, one row per runner and layer; only headers without any."""

from __future__ import annotations

import csv
import io

from netparity.protocol import LayerTiming, Run

FILE = "layers.csv"


def render(run: Run) -> str:
    """The run's layer timings as CSV (RFC 4180)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(LayerTiming.model_fields))
    writer.writeheader()
    writer.writerows(entry.model_dump() for entry in run.layer_timing)
    return text.getvalue()
