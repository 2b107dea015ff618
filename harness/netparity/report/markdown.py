"""table.md, for an issue, a README or a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from netparity.protocol import Run
from netparity.report.answers import answers
from netparity.report.cells import Table, counted
from netparity.report.document import Choice, Document
from netparity.report.ledger import machine_words
from netparity.report.notes import log_tails, notes
from netparity.report.repeats import counted_repeats
from netparity.report.several import beginning
from netparity.report.tables import tables
from netparity.report.visible import log_lines, visible
from netparity.results.diagnosis import StoredDiagnosis, stored_diagnoses

HELP = "the tables and notes, as in `table.md`"
SUFFIX = ".md"
FILE = "table.md"
COLUMNS_OF = "table"


def render(document: Document) -> str:
    """The runs as Markdown."""
    first = beginning(document)
    parts = ["# netparity: runs side by side", "", *sections(first)] if first else []
    if document.remarks:
        parts += [*items(document.remarks), ""]
    for position, run in enumerate(document.runs):
        parts += _run(run, document.choice, stored_diagnoses(document.folder(position)))
    return "\n".join(parts)


def _run(run: Run, choice: Choice, diagnoses: Sequence[StoredDiagnosis]) -> list[str]:
    machine, settings = run.machine, run.settings
    parts = [f"# netparity: {escape(run.run_id)}", "", *answer_items(run, choice.phase), ""]
    parts += sections(tables(run, choice=choice))
    parts += ["## Notes", "", *items(notes(run)), ""]
    for diagnosis in diagnoses:
        parts += [f"## Diagnosis of {escape(diagnosis.label)}", ""]
        parts += [*diagnosis_items(diagnosis.lines), ""]
    for label, lines in log_tails(run):
        parts += [f"Last lines of the log of {escape(label)}:", ""]
        parts += [*(f"    {line}".rstrip() for line in log_lines(lines)), ""]
    return [
        *parts,
        "## Settings",
        "",
        *items(machine_words(machine, settings)),
        f"- {counted(settings.rounds, 'round')}, {settings.warmup} warm-up and "
        f"{counted_repeats(run, 'timed repeat')} per process; "
        f"netparity {escape(run.netparity_version)}, {escape(run.started)}",
        "",
    ]


def answer_items(run: Run, phase: str = "predict") -> list[str]:
    """The three answers as a list, each behind its heading."""
    found = answers(run, phase).with_headings()
    return [f"- **{heading}:** {sentence(text)}" for heading, text in found]


def sections(shown: Iterable[Table]) -> list[str]:
    """Tables, each below its title as a heading."""
    return [
        line
        for table in shown
        for line in (f"## {escape(table.title)}", "", *table_lines(table), "")
    ]


def items(sentences: Iterable[str]) -> list[str]:
    """Sentences as a list."""
    return [f"- {sentence(text)}" for text in sentences]


def diagnosis_items(lines: Iterable[str]) -> list[str]:
    """A diagnosis as a list; a line that begins with blanks belongs to the one before."""
    return [f"{'  ' * line.startswith(' ')}- {escape(line.strip())}" for line in lines]


def escape(text: str) -> str:
    """Text that Markdown and HTML show literally, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#&~$])", r"\\\1", visible(text))


def sentence(text: str) -> str:
    """Escaped text for the start of a line, where a number or a hyphen would begin a list."""
    return re.sub(r"^(\d{1,9})(?=[.)](\s|$))|^(?=[-+=])", r"\1\\", escape(text))


def table_lines(table: Table) -> list[str]:
    """A table in GitHub's Markdown."""
    rule = ["---"] * table.words + ["---:"] * (len(table.headers) - table.words)
    rows = [table.headers, tuple(rule), *table.rows]
    return [
        "| " + " | ".join(row if row in rule else escape(row) for row in cells) + " |"
        for cells in rows
    ]
