"""Runs in a terminal: the first screen, or everything."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from rich import box
from rich.console import Console, Group
from rich.table import Table as RichTable
from rich.text import Text

from netparity.protocol import Run
from netparity.report.answers import answers
from netparity.report.cautions import cautions
from netparity.report.cells import Table, counted
from netparity.report.document import Choice, Document
from netparity.report.glance import glance
from netparity.report.glance_layout import STYLES, glance_lines
from netparity.report.notes import asked_for, log_tails, notes
from netparity.report.several import beginning
from netparity.report.tables import comparison, phases, tables
from netparity.report.visible import log_lines, visible
from netparity.results.diagnosis import stored_diagnoses
from netparity.results.folder import RunFolder
from netparity.results.outcomes import title

# How many columns a terminal needs for more than the bare numbers.
_FOR_LEDGER = 116
_FOR_CODE = 142
_WORDS_WIDTH = 26
_MOST_COLUMNS = 12
_LONG_HEADER = 16
_LEAST_NAME = 24


def show(document: Document, console: Console, verbose: bool = True) -> None:
    """Print the runs: everything, or only what answers the three questions of a comparison.

    Tables of many features are left to the files: `--layers all` has 42 columns. So is the
    settings ledger where the terminal is narrow; the notes list unequal settings anyway.

    Args:
        verbose: whether all tables and notes are printed, with the answers at the end.
    """
    first = beginning(document)
    for table in first[:1]:
        wide = console.width >= _FOR_LEDGER
        console.print(rich_table(table if wide else _turned(table)))
    _print_tables(first[1:], console)
    _print_notes(document.remarks, console)
    for position, run in enumerate(document.runs):
        if len(document.runs) > 1:
            console.rule(_text(run.run_id), align="left")
        folder = document.folder(position)
        if verbose:
            _print_everything(run, folder, document.choice, console)
            console.print()
        _print_first_screen(run, document.choice, console, with_columns=not verbose)
        if not verbose:
            _print_cautions(run, folder, console)


def _print_first_screen(run: Run, choice: Choice, console: Console, with_columns: bool) -> None:
    """The three answers and one table; one of chosen columns only if `with_columns`."""
    console.print(_text(title(run)), soft_wrap=not console.is_terminal)
    for heading, answer in answers(run, choice.phase).with_headings():
        paragraph = Text(f"{heading}: ", "bold").append(visible(answer), "not bold")
        console.print(paragraph, soft_wrap=not console.is_terminal)
    if choice.columns is None:
        console.print()
        at_a_glance = glance(_without_unnamed(run), choice.phase, feature=choice.feature)
        for line in glance_lines(at_a_glance, console.width):
            console.print(line, soft_wrap=True)
    elif with_columns:
        console.print()
        console.print(rich_table(comparison(run, choice=choice), console.width))


def _print_cautions(run: Run, folder: RunFolder | None, console: Console) -> None:
    """The notes that change how the answers are to be read, and where the others are."""
    found = cautions(run, stored_diagnoses(folder))
    console.print()
    _print_notes(found.sentences, console)
    if found.left:
        more = counted(found.left, "more note")
        path = "" if folder is None else f"netparity report {shlex.quote(str(folder.path))} "
        console.print(_text(f"• {more}: {path}--verbose, or the page"), soft_wrap=True)


def _without_unnamed(run: Run) -> Run:
    """The run without unavailable runners that nobody named: a caution lists them."""
    kept = [r for r in run.runners if r.status != "unavailable" or asked_for(run, r)]
    return run.model_copy(update={"runners": kept})


def _print_everything(run: Run, folder: RunFolder | None, choice: Choice, console: Console) -> None:
    """All tables and notes, the diagnoses, and the ends of the logs of what failed."""
    code = console.width >= _FOR_CODE
    shown = tables(
        run,
        spread=_fits(comparison(run, code=code, choice=choice), console.width),
        phase_spread=_fits(phases(run, spread=True), console.width),
        code=code,
        choice=choice,
    )
    for table in shown[:1]:  # always, since the user may have chosen its columns
        console.print(rich_table(table, console.width))
    _print_tables(shown[1:], console)
    _print_notes(notes(run), console)
    for diagnosis in stored_diagnoses(folder):
        console.print(Text("\n").append_text(_text(f"Diagnosis of {diagnosis.label}:")))
        for line in diagnosis.lines:
            indent = "    " if line.startswith(" ") else "  "
            sentence = Text(indent).append_text(_text(line.strip()))
            console.print(sentence, soft_wrap=not console.is_terminal)
    for label, lines in log_tails(run):
        console.print(Text("\n").append_text(_text(f"Last lines of the log of {label}:")))
        tail = "\n".join(f"  {line}" for line in log_lines(lines))
        console.print(Text(tail, style="dim"))


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


def _fits(table: Table, width: int) -> bool:
    """Whether there is room for the names beside intervals that stand below their values."""
    rows = [[_cell(cell, narrow=True).plain for cell in row[1:]] for row in table.rows]
    headers = [_broken(header) for header in table.headers[1:]]
    columns = zip(headers, *rows, strict=True)
    widths = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    return sum(widths) + 2 * len(widths) + _LEAST_NAME <= width


def _cell(cell: str, narrow: bool) -> Text:
    """A cell, broken where it would take the room that the names need."""
    shown = (
        visible(cell)
        .replace("no difference shown", "no difference\nshown")
        .replace("same within", "same\nwithin")
    )
    if narrow and "\n" not in shown:
        shown = shown.replace(" (", "\n(")
    return Text(shown, STYLES.get(cell, ""))
