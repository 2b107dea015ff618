"""The tables in a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from netparity.report.cells import Table
from netparity.report.document import Document
from netparity.report.headline import headline
from netparity.report.notes import log_tails, notes
from netparity.report.several import beginning
from netparity.report.tables import tables

_STYLES = {
    "pass": "green",
    "DIVERGES": "bold red",
    "REDUCED": "bold red",
    "ERROR": "bold red",
    "failed": "bold red",
}
# Columns that a terminal needs for more than the bare figures.
_FOR_INTERVALS = 116
_FOR_LEDGER = 116
_FOR_CODE = 142
_FOR_INTERVALS_OF_PHASES = 160
_WORDS_WIDTH = 26
_MOST_COLUMNS = 12
_LONG_HEADER = 16


def show(document: Document, console: Console) -> None:
    """Print the runs' tables and notes.

    Tables of many features are left to the files: `--layers all` has 42 columns. So is the
    settings ledger where there is no room; what is unequal in it stands in the notes.
    """
    _print_tables(beginning(document), console)
    _print_notes(document.remarks, console)
    width = console.width
    for run in document.runs:
        if len(document.runs) > 1:
            console.rule(Text(run.run_id), align="left")
        shown = tables(
            run,
            spread=width >= _FOR_INTERVALS,
            phase_spread=width >= _FOR_INTERVALS_OF_PHASES,
            code=width >= _FOR_CODE,
            choice=document.choice,
        )
        _print_tables(shown, console)
        _print_notes(notes(run), console)
        for label, lines in log_tails(run):
            console.print(Text(f"\nLast lines of the log of {label}:"))
            console.print(Text("\n".join(f"  {line}" for line in lines), style="dim"))
        said = Text(f"\n{headline(run, document.choice.phase)}", style="bold")
        console.print(said, soft_wrap=not console.is_terminal)


def _print_tables(shown: Sequence[Table], console: Console) -> None:
    for table in shown:
        all_words = table.words == len(table.headers)
        room = console.width >= _FOR_LEDGER or not all_words
        if len(table.headers) <= _MOST_COLUMNS and room:
            console.print(rich_table(table))


def _print_notes(sentences: Sequence[str], console: Console) -> None:
    for sentence in sentences:
        console.print(Text("• " + sentence), soft_wrap=not console.is_terminal)


def _broken(header: str) -> str:
    """A column of figures is narrow; a label above it is broken where it can be."""
    if len(header) > _LONG_HEADER:
        header = re.sub(r"(?<=[-,=])|(?=\[)", " ", header)
    return header.replace(" ", "\n")


def rich_table(table: Table) -> RichTable:
    """A table as rich draws it, with hints where a label may be broken."""
    made = RichTable(
        title=Text(table.title), title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for index, header in enumerate(table.headers):
        words = index < table.words
        made.add_column(
            Text(header if words else _broken(header)),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
            max_width=_WORDS_WIDTH if words and index > 0 else None,
        )
    for row in table.rows:
        # Text, not str: a label with square brackets would be read as markup.
        name = re.sub(r"(?<=.)\[", "\n[", row[0]).replace(" / ", " /\n")
        made.add_row(Text(name), *(Text(cell, style=_STYLES.get(cell, "")) for cell in row[1:]))
    return made
