"""Rows as CSV, and results as JSON, for every exporter and experiment."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING

from netparity.errors import UsageError
from netparity.report.document import Document

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def csv_text(
    names: Sequence[str], rows: Iterable[Mapping[str, object]], only: Sequence[str] | None = None
) -> str:
    """Rows as CSV (RFC 4180), with an empty cell for None or an absent key.

    Args:
        names: of all columns, in order.
        only: the columns to write, in this order; None for all.

    Raises:
        UsageError: if there is no such column.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(only or names), extrasaction="ignore")
    for name in only or ():
        if name not in names:
            near = get_close_matches(name, names) or names[:8]
            raise UsageError(
                f"--columns {name!r} is not a column; choose from {', '.join(near)}, ..."
            )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def document_csv(
    document: Document, names: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> str:
    """Rows as CSV with the columns that were chosen."""
    return csv_text(names, rows, document.choice.columns)


def json_text(result: DataclassInstance) -> str:
    """The result of a sweep, replay or transfer as JSON, with everything that it holds."""
    return json.dumps({"schema_version": 1, **asdict(result)}, indent=1) + "\n"
