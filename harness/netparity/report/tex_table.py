r"""A table as a LaTeX longtable, cut into parts if its columns do not fit on one page.

Widths are in characters of the text as it is set, of average width in \footnotesize.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netparity.report.cells import Table
from netparity.report.tex_text import escape, set_width

PAGE = 150
"""Width of the text on landscape A4 with margins of 15 mm."""
_GAP = 2
_LEAST_WORDS = PAGE // 3
_LONG_FIGURE, _LONG_HEADER = 30, 20
_CHARACTER_EM = 0.55
_POWER = re.compile(r"(\d\.\d)e([+-]\d+)( .)?")
"""An error such as 2.9e-06, set as a power of ten."""


@dataclass(frozen=True)
class _Column:
    """A column: its width, and whether it breaks lines at that width."""

    width: float
    words: bool
    breaks: bool

    @property
    def letter(self) -> str:
        """Its column type for longtable."""
        if not self.breaks:
            return "l" if self.words else "r"
        side = r"\raggedright" if self.words else r"\raggedleft"
        return rf">{{{side}\arraybackslash}}p{{{_CHARACTER_EM * self.width:.1f}em}}"


def table_lines(table: Table, label: str) -> list[str]:
    """The table or its parts, each with a label of its own."""
    columns = _columns(table)
    parts = list(_parts(columns, table.words))
    lines = []
    for number, chosen in enumerate(parts, start=1):
        alone = len(parts) == 1
        title = table.title if alone else f"{table.title} (part {number} of {len(parts)})"
        lines += _longtable(
            Table(
                title,
                tuple(table.headers[index] for index in chosen),
                tuple(tuple(row[index] for index in chosen) for row in table.rows),
            ),
            [columns[index] for index in chosen],
            label if alone else f"{label}-{number}",
        )
    return lines


def _longtable(table: Table, columns: Sequence[_Column], label: str) -> list[str]:
    """A table with rules at its top, below its head and at its bottom."""
    return [
        "",
        r"{\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\begin{{longtable}}{{@{{}}{''.join(column.letter for column in columns)}@{{}}}}",
        rf"\caption{{{escape(table.title)}}}\label{{tab:netparity-{label}}} \\",
        r"\toprule",
        " & ".join(map(_header, table.headers, columns)) + r" \\",
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
        *(" & ".join(map(_cell, row)) + r" \\" for row in table.rows),
        r"\end{longtable}}",
    ]


def _columns(table: Table) -> list[_Column]:
    """Numbers get the width that they need, words the rest, or at least a third of the page."""
    wanted = [_wanted(table, index) for index in range(len(table.headers))]
    words, figures = wanted[: table.words], wanted[table.words :]
    taken = sum(min(width, _LONG_FIGURE) for width in figures) + _GAP * len(wanted)
    most = _most(words, max(PAGE - taken, _LEAST_WORDS))
    return [
        *(_Column(min(width, most), True, width > most) for width in words),
        *(_Column(min(width, _LONG_FIGURE), False, width > _LONG_FIGURE) for width in figures),
    ]


def _wanted(table: Table, index: int) -> int:
    """Width at which no cell of a column is broken; a long header may be."""
    longest = max((_width(row[index]) for row in table.rows), default=0)
    return max(longest, min(set_width(table.headers[index]), _LONG_HEADER))


def _most(wanted: Sequence[int], room: float) -> float:
    """The width to which wide columns must be cut so that all of them fit in the room."""
    for number, width in enumerate(sorted(wanted)):
        share = room / (len(wanted) - number)
        if width > share:
            return share
        room -= width
    return max(wanted, default=0)


def _parts(columns: Sequence[_Column], words: int) -> Iterator[list[int]]:
    """Column indices of each part: all columns of words, and as many others as fit."""
    beside = list(range(words))
    room = PAGE - sum(columns[index].width + _GAP for index in beside)
    part: list[int] = []
    used = 0.0
    for index in range(words, len(columns)):
        width = columns[index].width + _GAP
        if part and used + width > room:
            yield [*beside, *part]
            part, used = [], 0.0
        part.append(index)
        used += width
    yield [*beside, *part]


def _header(text: str, column: _Column) -> str:
    if column.breaks or set_width(text) <= _LONG_HEADER:
        return escape(text)
    broken = _Column(max(column.width, _LONG_HEADER), column.words, breaks=True)
    return rf"\multicolumn{{1}}{{{broken.letter}}}{{{escape(text)}}}"


def _width(cell: str) -> int:
    """Width in characters; a power of ten takes three more than its text."""
    return set_width(cell) + (3 if _POWER.fullmatch(cell) else 0)


def _cell(text: str) -> str:
    power = _POWER.fullmatch(text)
    if power is None:
        return escape(text)
    mark = escape(power[3]) if power[3] else ""
    return rf"${power[1]}\times 10^{{{int(power[2])}}}$ {mark}".strip()
