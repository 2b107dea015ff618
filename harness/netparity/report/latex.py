r"""A LaTeX document that compiles on its own, with booktabs tables to copy into a paper.

It needs booktabs, longtable, geometry and lmodern, and two runs of pdflatex, as every longtable
does. Everything from the run is written as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from netparity.report.answers import answers
from netparity.report.document import Document
from netparity.report.ledger import machine_words
from netparity.report.methods import paragraph
from netparity.report.notes import notes
from netparity.report.several import beginning
from netparity.report.tables import tables
from netparity.report.tex_table import table_lines
from netparity.report.tex_text import escape

HELP = "the tables and notes with booktabs; compiles on its own, tables can be copied out"
SUFFIX = ".tex"
FILE = None
COLUMNS_OF = "table"
_PREAMBLE = r"""\documentclass[10pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,textcomp,booktabs,array,longtable}
\usepackage[a4paper,landscape,margin=15mm]{geometry}
\emergencystretch=3em
\begin{document}"""


def render(document: Document) -> str:
    """The runs as a LaTeX document."""
    lines = [_PREAMBLE]
    first = beginning(document)
    if first:
        lines += ["", r"\section*{Runs side by side}"]
    for number, table in enumerate(first, start=1):
        lines += table_lines(table, f"runs-{number}")
    lines += _items(document.remarks)
    for position, run in enumerate(document.runs, start=1):
        lines += ["", rf"\section*{{{escape(run.run_id)}}}", ""]
        for heading, text in answers(run, document.choice.phase).with_headings():
            lines += [rf"\paragraph{{{heading}}} {escape(text)}"]
        for number, table in enumerate(tables(run, choice=document.choice), start=1):
            lines += table_lines(table, f"{position}-{number}")
        sentences = [*notes(run), *machine_words(run.machine, run.settings)]
        lines += ["", r"\subsection*{Notes}", *_items(sentences)]
        lines += ["", r"\subsection*{Methods}", escape(paragraph(run))]
    return "\n".join([*lines, r"\end{document}", ""])


def _items(sentences: Sequence[str]) -> list[str]:
    if not sentences:  # LaTeX refuses a list without items
        return []
    items = [rf"\item {escape(sentence)}" for sentence in sentences]
    return [r"\begin{itemize}", *items, r"\end{itemize}"]
