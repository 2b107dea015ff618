"""Rows as CSV: what every exporter of rows shares."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from netparity.errors import UsageError
from netparity.report.document import Document


def csv_text(
    names: Sequence[str], rows: Iterable[Mapping[str, object]], only: Sequence[str] | None = None
) -> str:
    """Rows as CSV (RFC 4180), an empty cell for what is None or absent.

    Args:
        names: of all columns, in order.
        only: the columns that are wanted, in the order wanted; None for all.

    Raises:
        UsageError: if there is no such column.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(only or names), extrasaction="ignore")
    for name in only or ():
        if name not in names:
            near = get_close_matches(name, names) or names[:8]
            raise UsageError(f"--columns {name!r} is no column; there are {', '.join(near)}, ...")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def document_csv(
    document: Document, names: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> str:
    """Rows as CSV with the columns that the document's reader chose."""
    return csv_text(names, rows, document.choice.columns)
