"""table.md, for an issue, a README or a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable

from netparity.protocol import Run
from netparity.report.cells import Table, counted
from netparity.report.document import Choice, Document
from netparity.report.headline import headline
from netparity.report.ledger import machine_words
from netparity.report.notes import log_tails, notes
from netparity.report.several import beginning
from netparity.report.tables import tables
from netparity.report.visible import log_lines, visible

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
    for run in document.runs:
        parts += _run(run, document.choice)
    return "\n".join(parts)


def _run(run: Run, choice: Choice) -> list[str]:
    machine, settings = run.machine, run.settings
    parts = [f"# netparity: {escape(run.run_id)}", "", sentence(headline(run, choice.phase)), ""]
    parts += sections(tables(run, choice=choice))
    parts += ["## Notes", "", *items(notes(run)), ""]
    for label, lines in log_tails(run):
        parts += [f"Last lines of the log of {escape(label)}:", ""]
        parts += [*(f"    {line}".rstrip() for line in log_lines(lines)), ""]
    return [
        *parts,
        "## Settings",
        "",
        *items(machine_words(machine, settings)),
        f"- {counted(settings.rounds, 'round')}, {settings.warmup} warm-up and "
        f"{counted(settings.repeats, 'timed repeat')} per process; "
        f"netparity {escape(run.netparity_version)}, {escape(run.started)}",
        "",
    ]


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
