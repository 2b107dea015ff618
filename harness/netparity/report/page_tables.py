"""Tables as the page shows them: cells with sort keys, verdicts in colour and the rows' marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netparity.report.cells import Table
from netparity.report.plots.looks import mark_path
from netparity.report.plots.style import Look
from netparity.results.outcomes import VERDICT_MARKS

_BAD = (*(mark for mark in VERDICT_MARKS.values() if mark.isupper()), "failed")
_NUMBER = r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?"


@dataclass(frozen=True)
class Mark:
    """A row's mark: its colour, and its outline as the data of an SVG path."""

    colour: str
    path: str


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        interval: what is shown smaller behind the text, such as `(0.32–0.34)`.
        sort: the number to sort by; empty for words.
        kind: `good` or `bad` for a verdict, else empty.
        words: whether it holds words rather than a number.
    """

    text: str
    interval: str
    sort: str
    kind: str
    words: bool
    mark: Mark | None = None


@dataclass(frozen=True)
class Sheet:
    """A table of the page, with `anchor` as its id; `words` are the columns that hold words."""

    anchor: str
    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: Sequence[int]


def marks(looks: Mapping[str, Look]) -> dict[str, Mark]:
    """The mark of each label."""
    return {label: Mark(look.colour, mark_path(look.marker)) for label, look in looks.items()}


def sheet(
    table: Table, anchor: str, marked: Mapping[str, Mark], more_words: Sequence[int] = ()
) -> Sheet:
    """A table as the page shows it.

    Args:
        marked: the mark of each label, shown where a row begins with it.
        more_words: columns that hold words beside the first ones.
    """
    words = [*range(table.words), *more_words]
    rows = [
        [
            _cell(text, column in words, _mark(text, marked) if column == 0 else None)
            for column, text in enumerate(row)
        ]
        for row in table.rows
    ]
    return Sheet(anchor, table.title, table.headers, rows, words)


def _cell(text: str, words: bool, mark: Mark | None) -> Cell:
    parts = None if words else re.fullmatch(r"(\S+) (\([^()]*–[^()]*\).*)", text)
    shown, interval = (parts[1], parts[2]) if parts else (text, "")
    return Cell(shown, interval, _sort_key(text, words), _kind(text), words, mark)


def _mark(text: str, marked: Mapping[str, Mark]) -> Mark | None:
    """The mark of a label, or of a numbered one, as in the matrix of pairs."""
    return marked.get(text) or marked.get(re.sub(r"^\d+ ", "", text))


def _sort_key(text: str, words: bool) -> str:
    """The number at the start of a cell; empty for words, so that they sort as words."""
    found = re.fullmatch(_NUMBER, text) if words else re.match(rf"{_NUMBER}(?![\w.:-])", text)
    return found[0] if found else ""


def _kind(text: str) -> str:
    if text in _BAD or text.endswith("≠"):
        return "bad"
    return "good" if text == "pass" else ""
