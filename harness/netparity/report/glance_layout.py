"""How the table of the first screen fits a terminal: nothing is dropped, cells are stacked.

In a wide terminal every runner has one line; in a narrower one, two, with intervals below their
values; in a narrow one the runner's name has a line of its own; below that there are no columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells
from rich.text import Text

from netparity.report.cells import Table
from netparity.report.visible import visible

STYLES = {
    "pass": "green",
    "DIVERGES": "bold red",
    "REDUCED": "bold red",
    "ERROR": "bold red",
    "failed": "bold red",
}
_LEAST_NAME = 17
_LONGEST_WORD = 12
_RULE = "─"

Lines = list[str]
Column = list[Lines]
"""The lines of a header and of every cell below it."""


def glance_lines(table: Table, width: int) -> Iterator[Text]:
    """The table of `report.glance`, laid out for a width in columns of the terminal."""
    names = [visible(row[0]) for row in table.rows]
    single = [_single(table, index) for index in range(1, len(table.headers))]
    longest = max(map(cell_len, names), default=0)
    if longest + _width(single, 2) <= width:
        yield from _beside([["runner"], *[[name] for name in names]], single, 2)
        return
    stacked = _stacked(table)
    for gap in (2, 1):
        left = width - _width(stacked, gap)
        if left >= min(longest, _LEAST_NAME):
            pieces = [_pieces(name, left) for name in names]
            yield from _beside([["runner"], *pieces], stacked, gap)
            return
    if _width(stacked, 1) - 1 <= width:
        yield from _below(names, stacked, width)
    else:
        yield from _listed(table)


def _single(table: Table, index: int) -> Column:
    return [_broken(table.headers[index]), *[[visible(row[index])] for row in table.rows]]


def _stacked(table: Table) -> list[Column]:
    """Parity over error, values over their intervals, first use over memory."""
    _, parity, error, moved, seconds, ratio, first_use, memory = range(8)
    return [
        [["parity", "error"], *[_above(row[parity], row[error]) for row in table.rows]],
        [_broken(table.headers[moved]), *[[row[moved]] for row in table.rows]],
        *(
            [_broken(table.headers[index]), *[_two(row[index]) for row in table.rows]]
            for index in (seconds, ratio)
        ),
        [
            ["first use", "memory"],
            *[
                _above(_with_unit(row[first_use], "s"), _with_unit(row[memory], "GiB"))
                for row in table.rows
            ],
        ],
    ]


def _two(cell: str) -> Lines:
    """A value and, below it, its interval."""
    return cell.replace(" (", "\n(").replace(" [", "\n[").split("\n")


def _above(upper: str, lower: str) -> Lines:
    """Two cells as one; what both do not have, and an error that no verdict has, is left out."""
    known = any(character.isdigit() for character in lower)
    return [upper, lower] if known or upper[:1].isdigit() else [upper]


def _with_unit(cell: str, unit: str) -> str:
    return f"{cell} {unit}" if cell[:1].isdigit() else cell


def _broken(header: str) -> Lines:
    """A header on several lines, as short as its longest word."""
    lines: Lines = []
    for word in visible(header).split():
        cut = word if len(word) <= _LONGEST_WORD else f"{word[: _LONGEST_WORD - 1]}…"
        joined = f"{lines[-1]} {cut}" if lines else cut
        if lines and len(joined) <= _LONGEST_WORD - 2:
            lines[-1] = joined
        else:
            lines.append(cut)
    return lines


def _pieces(name: str, width: int) -> Lines:
    """A name on lines of at most this width, broken before its options where it can be."""
    lines: Lines = []
    for option in (
        re.sub(r"(?<=.)\[", "\n[", name).split("\n") if cell_len(name) > width else [name]
    ):
        line = ""
        for part in re.split(r"(?<=[,=])", option):
            if line and cell_len(line + part) > width:
                lines.append(line)
                line = ""
            line += part
        lines.append(line)
    return [piece for line in lines for piece in chop_cells(line, max(1, width))]


def _width(columns: Sequence[Column], gap: int) -> int:
    return sum(_column_width(column) + gap for column in columns)


def _column_width(column: Column) -> int:
    return max(cell_len(line) for lines in column for line in lines)


def _beside(names: Column, columns: Sequence[Column], gap: int) -> Iterator[Text]:
    """A table with the names in its first column."""
    name_width = _column_width(names)
    for place in range(len(names)):
        cells = [column[place] for column in columns]
        height = max(len(names[place]), *map(len, cells))
        for line in range(height):
            text = Text(_padded(names[place], line, place, height, name_width, left=True))
            for column, lines in zip(columns, cells, strict=True):
                cell = _padded(lines, line, place, height, _column_width(column))
                text.append(" " * gap).append(cell, _style(cell))
            text.rstrip()
            yield text
        if place == 0:
            yield Text(_RULE * (name_width + _width(columns, gap)))


def _below(names: Sequence[str], columns: Sequence[Column], width: int) -> Iterator[Text]:
    """A table with each name on lines of its own above its row."""
    rows = list(_beside([[""] for _ in (None, *names)], columns, 1))
    heights = [max(len(column[place]) for column in columns) for place in range(len(names) + 1)]
    rows = [row[1:] for row in rows]
    yield from rows[: heights[0] + 1]
    position = heights[0] + 1
    for name, height in zip(names, heights[1:], strict=True):
        yield from (Text(piece, "bold") for piece in _pieces(name, width))
        yield from rows[position : position + height]
        position += height


def _listed(table: Table) -> Iterator[Text]:
    """No columns: each runner, followed by what they would hold."""
    for row in table.rows:
        yield Text(visible(row[0]), "bold")
        for header, cell in zip(table.headers[1:], row[1:], strict=True):
            yield Text(f"  {visible(header)}: ").append(visible(cell), _style(cell))


def _padded(
    lines: Lines, line: int, place: int, height: int, width: int, left: bool = False
) -> str:
    """One line of a cell; those of headers stand at the bottom, the others at the top."""
    index = line - (height - len(lines)) if place == 0 else line
    text = lines[index] if 0 <= index < len(lines) else ""
    fill = " " * (width - cell_len(text))
    return text + fill if left else fill + text


def _style(cell: str) -> str:
    word = cell.strip()
    return "bold red" if word.endswith("≠") else STYLES.get(word, "")
