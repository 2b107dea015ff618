"""A wide or a long table cut into parts that a page has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from netparity.report.cells import Table


def parts(
    table: Table, widths: Sequence[float], heights: Sequence[float], width: float, height: float
) -> list[Table]:
    """The columns of figures shared out, each part with those of words; then the rows.

    Args:
        widths: of the columns.
        heights: of the rows.
        width: of a page, in the same unit.
        height: likewise.
    """
    words = range(table.words)
    beside = width - sum(widths[: table.words])
    columns = list(_filled(widths[table.words :], beside)) or [range(0)]
    rows = list(_filled(heights, height)) or [range(0)]
    cut = []
    for some_rows, some_columns in product(rows, columns):
        chosen = [*words, *(table.words + each for each in some_columns)]
        cut.append(
            Table(
                table.title,
                tuple(table.headers[index] for index in chosen),
                tuple(tuple(table.rows[row][index] for index in chosen) for row in some_rows),
                table.words,
            )
        )
    if len(cut) == 1:
        return cut
    titles = [f"{table.title} (part {number} of {len(cut)})" for number in range(1, len(cut) + 1)]
    return [
        Table(title, part.headers, part.rows, part.words)
        for title, part in zip(titles, cut, strict=True)
    ]


def _filled(sizes: Sequence[float], room: float) -> Iterator[range]:
    """Neighbours as long as there is room; one that alone has none is left alone."""
    first, used = 0, 0.0
    for index, size in enumerate(sizes):
        if index > first and used + size > room:
            yield range(first, index)
            first, used = index, 0.0
        used += size
    if first < len(sizes):
        yield range(first, len(sizes))
