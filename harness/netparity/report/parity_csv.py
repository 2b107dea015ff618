"""parity.csv: one row per comparison with every metric, for R, pandas and the like."""

from __future__ import annotations

import csv
import io

from netparity.protocol import ParityEntry, Run

FILE = "parity.csv"

_NESTED = ("local", "identical_to", "max_abs_at")


def render(run: Run) -> str:
    """Every parity entry as CSV (RFC 4180), an empty cell for what is undefined."""
    names = [name for name in ParityEntry.model_fields if name not in _NESTED]
    local = ["local_since", "local_relative_l2", "local_floor", "local_verdict"]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=[*names, *_NESTED[1:], *local])
    writer.writeheader()
    for entry in run.parity:
        row = {name: getattr(entry, name) for name in names}
        row["identical_to"] = "; ".join(entry.identical_to)
        row["max_abs_at"] = " ".join(map(str, entry.max_abs_at or ()))
        if entry.local is not None:
            row["local_since"] = entry.local.since
            row["local_relative_l2"] = entry.local.relative_l2
            row["local_floor"] = entry.local.floor
            row["local_verdict"] = entry.local.verdict
        writer.writerow(row)
    return text.getvalue()
