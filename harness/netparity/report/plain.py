"""A table as plain text, for `print` and for messages."""

from __future__ import annotations

from netparity.report.cells import Table
from netparity.report.visible import visible

_GAP = "  "


def table_lines(table: Table) -> list[str]:
    """The headers, a rule and the rows, in columns; words at the left, numbers at the right."""
    rows = [[visible(cell) for cell in row] for row in (table.headers, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        _GAP.join(
            cell.ljust(width) if index < table.words else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [lines[0], _GAP.join("-" * width for width in widths), *lines[1:]]
