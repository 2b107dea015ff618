"""measurements.parquet: the rows of measurements.csv with their types."""

from __future__ import annotations

import io

from netparity.protocol import Usage
from netparity.report.document import Document
from netparity.report.measurements import COLUMNS, rows

HELP = "the raw seconds with their types"
SUFFIX = ".parquet"
FILE = "measurements.parquet"
COLUMNS_OF = None
TYPES = {
    **dict.fromkeys(("round", "order", "index", "loops", "peak_rss_bytes", "turn"), "int64"),
    **dict.fromkeys(("seconds", "tick_seconds", "multiply_seconds", "copy_seconds"), "float64"),
    **{name: "float64" if name.endswith("_seconds") else "int64" for name in Usage.model_fields},
}
"""Types of the columns that are not text."""


def render(document: Document) -> bytes:
    """The runs' seconds as a Parquet file, with null for a missing value."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema(
        [(name, pyarrow.type_for_alias(TYPES.get(name, "string"))) for name in COLUMNS]
    )
    file = io.BytesIO()
    values = [row for run in document.runs for row in rows(run)]
    parquet.write_table(pyarrow.Table.from_pylist(values, schema=schema), file)
    return file.getvalue()
