"""The tables in a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich import box
from rich.console import Console, Group
from rich.table import Table as RichTable
from rich.text import Text

from netparity.report.cells import Table
from netparity.report.document import Document
from netparity.report.headline import headline
from netparity.report.notes import log_tails, notes
from netparity.report.several import beginning
from netparity.report.tables import tables
from netparity.report.visible import log_lines, visible

_STYLES = {
    "pass": "green",
    "DIVERGES": "bold red",
    "REDUCED": "bold red",
    "ERROR": "bold red",
    "failed": "bold red",
}
# How many columns a terminal needs for more than the bare numbers.
_FOR_INTERVALS = 116
_FOR_LEDGER = 116
_FOR_CODE = 142
_FOR_INTERVALS_OF_PHASES = 160
_WORDS_WIDTH = 26
_MOST_COLUMNS = 12
_LONG_HEADER = 16
_LEAST_NAME = 24


def show(document: Document, console: Console) -> None:
    """Print the runs' tables and notes.

    Tables of many features are left to the files: `--layers all` has 42 columns. So is the
    settings ledger where the terminal is narrow; the notes list unequal settings anyway.
    """
    width = console.width
    first = beginning(document)
    for table in first[:1]:
        console.print(rich_table(table if width >= _FOR_LEDGER else _turned(table)))
    _print_tables(first[1:], console)
    _print_notes(document.remarks, console)
    for run in document.runs:
        if len(document.runs) > 1:
            console.rule(_text(run.run_id), align="left")
        shown = tables(
            run,
            spread=width >= _FOR_INTERVALS,
            phase_spread=width >= _FOR_INTERVALS_OF_PHASES,
            code=width >= _FOR_CODE,
            choice=document.choice,
        )
        for table in shown[:1]:  # always, since the user may have chosen its columns
            console.print(rich_table(table))
        _print_tables(shown[1:], console)
        _print_notes(notes(run), console)
        for label, lines in log_tails(run):
            console.print(Text("\n").append_text(_text(f"Last lines of the log of {label}:")))
            tail = "\n".join(f"  {line}" for line in log_lines(lines))
            console.print(Text(tail, style="dim"))
        outcome = Text("\n").append_text(_text(headline(run, document.choice.phase), "bold"))
        console.print(outcome, soft_wrap=not console.is_terminal)


def _print_tables(shown: Sequence[Table], console: Console) -> None:
    for table in shown:
        all_words = table.words == len(table.headers)
        room = console.width >= _FOR_LEDGER or not all_words
        if len(table.headers) <= _MOST_COLUMNS and room:
            console.print(rich_table(table, console.width))


def _turned(table: Table) -> Table:
    """The table transposed, as a few rows of many words are narrower that way."""
    header, *names = [
        (name, *(row[i] for row in table.rows)) for i, name in enumerate(table.headers)
    ]
    return Table(table.title, header, tuple(names), words=len(header))


def _print_notes(sentences: Sequence[str], console: Console) -> None:
    for sentence in sentences:
        console.print(_text("• " + sentence), soft_wrap=not console.is_terminal)


def _text(text: str, style: str = "") -> Text:
    """Literal text: neither rich's markup nor terminal controls take effect."""
    return Text(visible(text), style=style)


def _broken(header: str) -> str:
    """A header for a narrow column of numbers, broken at spaces and marks."""
    if len(header) > _LONG_HEADER:
        header = re.sub(r"(?<=[-,=])|(?=\[)", " ", header)
    return header.replace(" ", "\n")


def rich_table(table: Table, width: int | None = None) -> Group:
    """A table for rich, with long labels broken, and an empty line after it.

    Where this width would leave too little room for the names, intervals go below their values.
    """
    widths = [max(map(len, column)) for column in list(zip(*table.rows, strict=True))[1:]]
    narrow = width is not None and width - sum(widths) - 2 * len(widths) < _LEAST_NAME
    made = RichTable(
        title=_text(table.title),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for index, header in enumerate(table.headers):
        words = index < table.words
        made.add_column(
            Text(visible(header) if words else _broken(visible(header))),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
            max_width=_WORDS_WIDTH if words and index > 0 else None,
        )
    for row in table.rows:
        name = re.sub(r"(?<=.)\[", "\n[", visible(row[0])).replace(" / ", " /\n")
        made.add_row(Text(name), *(_cell(cell, narrow) for cell in row[1:]))
    return Group(made, "")


def _cell(cell: str, narrow: bool) -> Text:
    """A cell, broken where it would take the room that the names need."""
    shown = visible(cell).replace("no difference shown", "no difference\nshown")
    if narrow and "\n" not in shown:
        shown = shown.replace(" (", "\n(")
    return Text(shown, _STYLES.get(cell, ""))
