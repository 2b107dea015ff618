"""A table as LaTeX sets it, in as many parts as the pages have room for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from netparity.report.cells import Table
from netparity.report.parts import parts
from netparity.report.tex_text import escape, set_width

PAGE_MM, PAGE_LINES = 265.0, 44
"""Of A4, landscape, with margins of 15 mm, in \\footnotesize below a caption."""
_LEFT_OVER_MM = 0.5  # for what rounding adds to many columns
_CHARACTER_MM = 1.5  # of Latin Modern in \footnotesize, on average
_POWER_CHARACTERS = 10
_BETWEEN_MM = 2.2  # twice \tabcolsep
_LONG_FIGURE_MM, _LONG_HEADER_MM = 45.0, 30.0
_LEAST_WORDS_MM = 45.0
_POWER = re.compile(r"(\d\.\d)e([+-]\d+)( .)?")
"""An error such as 2.9e-06, set as a power of ten."""


@dataclass(frozen=True)
class _Column:
    """How tabular sets a column, and how wide that is."""

    letter: str
    mm: float


def table_lines(table: Table, label: str) -> list[str]:
    """The table, or its parts, each with a label of its own."""
    columns = _columns(table)
    heights = [
        max(_lines(cell, each) for cell, each in zip(row, columns, strict=True))
        for row in table.rows
    ]
    head = max(_lines(text, _broken(True, _LONG_HEADER_MM)) for text in table.headers)
    widths = [each.mm + _BETWEEN_MM for each in columns]
    cut = parts(table, widths, heights, PAGE_MM, PAGE_LINES - head)
    labels = [label] if len(cut) == 1 else [f"{label}-{i}" for i in range(1, len(cut) + 1)]
    return [line for each, name in zip(cut, labels, strict=True) for line in _table(each, name)]


def _table(table: Table, label: str) -> list[str]:
    """A table with rules at its top, below its head and at its bottom."""
    columns = _columns(table)
    head = " & ".join(map(_header, table.headers, columns))
    return [
        "",
        r"\begin{table}",
        r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{escape(table.title)}}}",
        rf"\label{{tab:netparity-{label}}}",
        rf"\begin{{tabular}}{{@{{}}{''.join(each.letter for each in columns)}@{{}}}}",
        r"\toprule",
        head + r" \\",
        r"\midrule",
        *(" & ".join(_cell(cell) for cell in row) + r" \\" for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]


def _columns(table: Table) -> list[_Column]:
    """Figures get the width that they need, words share what is left, or half of the page."""
    wanted = [_wanted_mm(table, index) for index in range(len(table.headers))]
    words, figures = wanted[: table.words], wanted[table.words :]
    made = [
        _Column("r", mm) if mm <= _LONG_FIGURE_MM else _broken(False, _LONG_FIGURE_MM)
        for mm in figures
    ]
    taken = sum(each.mm + _BETWEEN_MM for each in made)
    # Words may break: a table is only cut where they would become too narrow for that.
    room = PAGE_MM - taken - _BETWEEN_MM * len(words)
    if room < min(_LEAST_WORDS_MM * len(words), PAGE_MM / 2):
        room = PAGE_MM / 2 - _BETWEEN_MM * len(words)
    shared = _shared(words, room - _LEFT_OVER_MM)
    return [
        *(
            _Column("l", mm) if mm == longest else _broken(True, mm)
            for mm, longest in zip(shared, words, strict=True)
        ),
        *made,
    ]


def _wanted_mm(table: Table, index: int) -> float:
    """Width of a column that breaks none of its cells; a header may be broken."""
    longest = max((_width(row[index]) for row in table.rows), default=0)
    header = min(_CHARACTER_MM * set_width(table.headers[index]), _LONG_HEADER_MM)
    return max(_CHARACTER_MM * longest, header)


def _shared(wanted: Sequence[float], room: float) -> list[float]:
    """What each gets of the room: as much as it wants, or as all others that want more."""
    got = [0.0] * len(wanted)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    for place, index in enumerate(order):
        got[index] = min(wanted[index], room / (len(order) - place))
        room -= got[index]
    return got


def _header(text: str, column: _Column) -> str:
    if column.letter not in ("l", "r") or _CHARACTER_MM * set_width(text) <= _LONG_HEADER_MM:
        return escape(text)
    broken = _broken(column.letter == "l", _LONG_HEADER_MM)
    return rf"\multicolumn{{1}}{{{broken.letter}}}{{{escape(text)}}}"


def _broken(words: bool, mm: float) -> _Column:
    """A column that breaks its lines."""
    side = r"\raggedright" if words else r"\raggedleft"
    return _Column(rf">{{{side}\arraybackslash}}p{{{mm:.1f}mm}}", mm)


def _lines(text: str, column: _Column) -> int:
    """How many it takes; where a long word breaks, some of the width is lost."""
    if column.letter in ("l", "r"):
        return 1
    return max(1, math.ceil(1.2 * _CHARACTER_MM * set_width(text) / column.mm))


def _width(cell: str) -> int:
    power = _POWER.fullmatch(cell)
    return set_width(cell) if power is None else _POWER_CHARACTERS + len(power[3] or "")


def _cell(text: str) -> str:
    power = _POWER.fullmatch(text)
    if power is None:
        return escape(text)
    mark = escape(power[3]) if power[3] else ""
    return rf"${power[1]}\times 10^{{{int(power[2])}}}$ {mark}".strip()
