"""The list of stored runs in a terminal, where a run's identifier can always be copied."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.text import Text

from netparity.report.cells import Table
from netparity.report.visible import visible

_GAP = "  "
_RULE = "─"


def history_lines(table: Table, width: int) -> Iterator[Text]:
    """The rows of `report.across.history` for a width in columns of the terminal.

    In a narrow terminal, what comes before the runner's name (the run and its model) has a line of
    its own above the rows that share it, and the name comes last. Lines that are still too long are
    left to the terminal to wrap.
    """
    yield Text(visible(table.title), "italic")
    rows = [[visible(cell) for cell in row] for row in (table.headers, *table.rows)]
    if _total(_widths(rows)) <= width:
        yield from _aligned(rows, range(table.words), width)
        return
    name = max(0, table.words - 1)
    moved = [[*row[table.words :], row[name]] for row in rows]
    below = _aligned(moved, {len(moved[0]) - 1}, width, indent=_GAP)
    yield next(below)
    yield next(below)
    for words, group in groupby(row[:name] for row in rows[1:]):
        yield Text(_GAP.join(words), "bold")
        for _ in group:
            yield next(below)


def _aligned(
    rows: Sequence[list[str]], words: Collection[int], width: int, indent: str = ""
) -> Iterator[Text]:
    """Header, rule and rows in columns: those of words at the left, numbers at the right."""
    widths = _widths(rows)
    for place, row in enumerate(rows):
        cells = [
            cell + " " * (room - cell_len(cell))
            if index in words
            else " " * (room - cell_len(cell)) + cell
            for index, (cell, room) in enumerate(zip(row, widths, strict=True))
        ]
        yield Text(f"{indent}{_GAP.join(cells)}".rstrip())
        if place == 0:
            yield Text(_RULE * min(width, len(indent) + _total(widths)))


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)
