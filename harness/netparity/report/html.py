"""report.html: one self-contained file that requests nothing else.

Its templates, style sheet and script are in `page/`; the script only sorts tables. Everything from
the run is on the page as escaped text, as attributes made here, or in Matplotlib's SVG, which
escapes it; a content security policy forbids the rest.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netparity.protocol import Run
from netparity.report import bibtex
from netparity.report.answers import answers
from netparity.report.cells import Table
from netparity.report.columns import COLUMNS, Row
from netparity.report.document import Choice, Document
from netparity.report.explanations import EXPLANATIONS, Explanation
from netparity.report.glance import glance
from netparity.report.ledger import ledger, machine_words
from netparity.report.methods import paragraph
from netparity.report.notes import Note, keyed_notes, log_tails
from netparity.report.page_files import Link, links
from netparity.report.page_plots import Plot, page_plots
from netparity.report.page_tables import Mark, Sheet, marks, sheet
from netparity.report.pictures import Picture, pictures
from netparity.report.plots import Scene
from netparity.report.plots.looks import looks
from netparity.report.plots.style import THEMES, Look
from netparity.report.reproduce import in_full, typed
from netparity.report.several import beginning, names
from netparity.report.tables import comparison, tables
from netparity.report.templates import resource, template
from netparity.report.visible import log_lines
from netparity.results.diagnosis import StoredDiagnosis, stored_diagnoses

HELP = "the page"
SUFFIX = ".html"
FILE = "report.html"
COLUMNS_OF = "table"
PLOT_MM = 82.0
"""Narrower than a journal's column, so that the letters are large enough on a phone."""


@dataclass(frozen=True)
class Section:
    """One run; `notes` and `warnings` are grouped by the keys of their explanations."""

    anchor: str
    name: str
    run: Run
    answers: Sequence[tuple[str, str]]
    first: Sheet
    sheets: Sequence[Sheet]
    ledger: Sheet | None
    notes: Mapping[str, Sequence[Note]]
    warnings: Mapping[str, Sequence[Note]]
    plots: Sequence[Plot]
    pictures: Sequence[Picture]
    machine: Sequence[str]
    diagnoses: Sequence[StoredDiagnosis]
    logs: Sequence[tuple[str, Sequence[str]]]
    files: Mapping[str, Sequence[Link]]
    typed: str | None
    in_full: str
    methods: str


def render(document: Document) -> str:
    """The runs as a page."""
    looked = looks([record for run in document.runs for record in run.runners])
    marked = marks(looked)
    sections = [
        _section(document, position, looked, marked) for position in range(len(document.runs))
    ]
    script = resource("sort.js")
    used = {key for section in sections for key in (*section.notes, *section.warnings)}
    page = template("page.html").render(
        title=_title(document),
        sections=sections,
        side_by_side=[
            sheet(table, f"runs-{i}", marked) for i, table in enumerate(beginning(document))
        ],
        remarks=document.remarks,
        explanations=_explanations(used),
        bibtex=bibtex.render(document),
        script=script,
        script_hash=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=resource("style.css"),
    )
    return f"{page.strip()}\n"


def _title(document: Document) -> str:
    if len(document.runs) > 1:
        return f"{len(document.runs)} runs side by side"
    [run] = document.runs
    return f"{run.model}: do the features agree, and how fast is each tool?"


def _section(
    document: Document, position: int, looked: Mapping[str, Look], marked: Mapping[str, Mark]
) -> Section:
    run, folder, choice = document.runs[position], document.folder(position), document.choice
    anchor = f"run-{position + 1}"
    settings = ledger(run)
    main = comparison(run, choice=choice)
    shown = [table for table in tables(run, choice=choice) if table not in (main, settings)]
    if _chosen(choice):
        first = sheet(main, f"{anchor}-table", marked)
    else:
        first = first_sheet(run, choice.phase, f"{anchor}-table", marked)
        shown.insert(0, main)
    notes = list(keyed_notes(run))
    return Section(
        anchor,
        names(document)[position],
        run,
        answers(run, choice.phase).with_headings(),
        first,
        [sheet(table, f"{anchor}-table-{i}", marked) for i, table in enumerate(shown)],
        sheet(settings, f"{anchor}-ledger", marked) if settings.rows else None,
        _grouped(note for note in notes if not note.warning),
        _grouped(note for note in notes if note.warning),
        list(page_plots(Scene(run, folder, choice, THEMES["page"], PLOT_MM, looked), anchor)),
        pictures(run, folder),
        list(machine_words(run.machine, run.settings)),
        stored_diagnoses(folder),
        [(label, log_lines(lines)) for label, lines in log_tails(run)],
        links(run, folder, document.page),
        typed(run),
        in_full(run),
        paragraph(run),
    )


def _chosen(choice: Choice) -> bool:
    """Whether the first table is one that was asked for, rather than the one at a glance."""
    return choice.columns is not None or choice.feature is not None


def first_sheet(run: Run, phase: str, anchor: str, marked: Mapping[str, Mark]) -> Sheet:
    """The table at a glance, with images per second and, last, which code ran.

    What decides is in the first columns, as a phone shows only these.
    """
    table = glance(run, phase)
    rows = [Row(run, record, phase) for record in run.runners]
    more = [COLUMNS[name] for name in ("rate", "code")]
    order = sorted(range(len(table.headers)), key=lambda column: _later(table.headers[column]))
    whole = Table(
        table.title,
        (*(table.headers[i] for i in order), *(column.header for column in more)),
        tuple(
            (*(cells[i] for i in order), *(column.cell(row) for column in more))
            for cells, row in zip(table.rows, rows, strict=True)
        ),
    )
    return sheet(whole, anchor, marked, more_words=[len(whole.headers) - 1])


def _later(header: str) -> bool:
    """Whether a column of the table at a glance comes after speed: what the own input changes."""
    return header.startswith(("own input", "first use", "GiB"))


def _grouped(notes: Iterable[Note]) -> dict[str, list[Note]]:
    """Notes by the key of their explanation, so that each is linked to once."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        found.setdefault(note.key, []).append(note)
    return found


def _explanations(used: set[str]) -> dict[str, Explanation]:
    return {key: explanation for key, explanation in EXPLANATIONS.items() if key in used}
