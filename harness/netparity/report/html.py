"""report.html: one self-contained file that requests nothing else.

Its template, style sheet and script are in `page/`; the script only sorts tables. Everything from
the run is on the page as escaped text, as attributes made here, or in Matplotlib's SVG, which
escapes it; a content security policy forbids the rest.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netparity.protocol import Run
from netparity.report import bibtex
from netparity.report.cells import Table
from netparity.report.document import Document
from netparity.report.explanations import EXPLANATIONS, Explanation
from netparity.report.headline import headline
from netparity.report.ledger import ledger, machine_words
from netparity.report.methods import paragraph
from netparity.report.notes import Note, keyed_notes, log_tails
from netparity.report.pictures import Picture, pictures
from netparity.report.plots import KINDS, NothingToDrawError, Scene, inline_svg
from netparity.report.plots.style import THEMES, applied, colour
from netparity.report.reproduce import in_full, typed
from netparity.report.several import beginning, names
from netparity.report.tables import comparison, tables
from netparity.report.templates import resource, template
from netparity.report.visible import log_lines
from netparity.results.outcomes import VERDICT_MARKS

HELP = "the page"
SUFFIX = ".html"
FILE = "report.html"
COLUMNS_OF = "table"
PLOT_MM = 82.0
"""Narrower than a journal's column, so that the letters are large enough on a phone."""

_BAD_MARKS = (*(mark for mark in VERDICT_MARKS.values() if mark.isupper()), "failed")


@dataclass(frozen=True)
class Cell:
    """A cell: its text, sort key, mark (`good` or `bad`) and the colour of its swatch."""

    text: str
    sort: str
    mark: str = ""
    swatch: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A table of the page, with `anchor` as its id."""

    anchor: str
    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: int


@dataclass(frozen=True)
class Plot:
    """A plot of the page, or in `missing` the reason why there is none. `svg` is markup."""

    anchor: str
    title: str
    caption: str = ""
    alt: str = ""
    svg: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Section:
    """One run."""

    anchor: str
    name: str
    run: Run
    headline: str
    first: Sheet
    sheets: Sequence[Sheet]
    ledger: Sheet | None
    notes: Sequence[Note]
    warnings: Sequence[Note]
    plots: Sequence[Plot]
    pictures: Sequence[Picture]
    machine: Sequence[str]
    logs: Sequence[tuple[str, Sequence[str]]]
    typed: str | None
    in_full: str
    methods: str


def render(document: Document) -> str:
    """The runs as a page."""
    sections = [_section(document, position) for position in range(len(document.runs))]
    colours = {record.label: colour(record) for run in document.runs for record in run.runners}
    script, style = resource("sort.js"), resource("style.css")
    used = {note.key for section in sections for note in (*section.notes, *section.warnings)}
    page = template("page.html").render(
        title=_title(document),
        sections=sections,
        side_by_side=[
            _sheet(table, f"runs-{i}", colours) for i, table in enumerate(beginning(document))
        ],
        remarks=document.remarks,
        explanations=_explanations(used),
        bibtex=bibtex.render(document),
        script=script,
        script_hash=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=style,
    )
    return f"{page.strip()}\n"


def _title(document: Document) -> str:
    if len(document.runs) > 1:
        return f"{len(document.runs)} runs side by side"
    [run] = document.runs
    return f"{run.model}: do the features agree, and what does each tool cost?"


def _section(document: Document, position: int) -> Section:
    run, folder, choice = document.runs[position], document.folder(position), document.choice
    anchor = f"run-{position + 1}"
    colours = {record.label: colour(record) for record in run.runners}
    settings = ledger(run)
    first = comparison(run, choice=choice)
    shown = [table for table in tables(run, choice=choice) if table not in (first, settings)]
    sheets = [_sheet(table, f"{anchor}-table-{i}", colours) for i, table in enumerate(shown)]
    notes = list(keyed_notes(run))
    return Section(
        anchor,
        names(document)[position],
        run,
        headline(run, choice.phase),
        _sheet(first, f"{anchor}-table", colours),
        sheets,
        _sheet(settings, f"{anchor}-ledger", colours) if settings.rows else None,
        [note for note in notes if not note.warning],
        [note for note in notes if note.warning],
        list(_plots(Scene(run, folder, choice, THEMES["page"], PLOT_MM), anchor)),
        pictures(run, folder),
        list(machine_words(run.machine, run.settings)),
        [(label, log_lines(lines)) for label, lines in log_tails(run)],
        typed(run),
        in_full(run),
        paragraph(run),
    )


def _plots(scene: Scene, anchor: str) -> Iterator[Plot]:
    """Every kind of plot except the inputs, which the page shows as pictures."""
    for name, kind in KINDS.items():
        if name == "inputs":
            continue
        prefix = f"{anchor}-{name}"
        try:
            with applied(scene.theme):
                drawing = kind.draw(scene)
                svg = inline_svg(drawing.save("svg", fonts="none"), prefix)
        except NothingToDrawError as reason:
            yield Plot(prefix, kind.TITLE, missing=str(reason))
        else:
            yield Plot(prefix, drawing.title, drawing.caption, drawing.alt, svg)


def _sheet(table: Table, anchor: str, colours: dict[str, str]) -> Sheet:
    rows = [
        [
            Cell(
                text,
                _sort_key(text, column < table.words),
                _mark(text),
                colours.get(text) if column == 0 else None,
            )
            for column, text in enumerate(row)
        ]
        for row in table.rows
    ]
    return Sheet(anchor, table.title, table.headers, rows, table.words)


def _sort_key(text: str, words: bool) -> str:
    """The number at the start of a cell; empty for words, so that they sort as words."""
    number = r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?"
    found = re.fullmatch(number, text) if words else re.match(rf"{number}(?![\w.:-])", text)
    return found[0] if found else ""


def _mark(text: str) -> str:
    if text in _BAD_MARKS or text.endswith("≠"):
        return "bad"
    return "good" if text == "pass" else ""


def _explanations(used: set[str]) -> dict[str, Explanation]:
    return {key: explanation for key, explanation in EXPLANATIONS.items() if key in used}
