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

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


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
    writer.writerows({name: harmless(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: such a text gets an apostrophe in front.

    Labels, reasons and names of files are other people's. See OWASP, "CSV Injection".
    """
    if not isinstance(cell, str) or not cell.startswith(_BEGIN_FORMULAS) or _is_number(cell):
        return cell
    return f"'{cell}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def document_csv(
    document: Document, names: Sequence[str], rows: Iterable[Mapping[str, object]]
) -> str:
    """Rows as CSV with the columns that were chosen."""
    return csv_text(names, rows, document.choice.columns)


def json_text(result: DataclassInstance) -> str:
    """The result of a sweep, replay or transfer as JSON, with everything that it holds."""
    return json.dumps({"schema_version": 1, **asdict(result)}, indent=1) + "\n"
