"""A run as HTML for a notebook's cell, in the notebook's own colours and fonts.

As in `report.html`, everything from the run is escaped text. Its classes keep MathJax, which
notebooks load, from typesetting labels as formulas.
"""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.answers import answers
from netparity.report.glance import glance
from netparity.report.notes import keyed_notes
from netparity.report.templates import template


def render(run: Run) -> str:
    """The three answers, the one table and the warnings."""
    html = template("notebook.html").render(
        run=run,
        answers=answers(run).with_headings(),
        table=glance(run),
        warnings=[note for note in keyed_notes(run) if note.warning],
        unjudged=run.finished is None and not run.parity,
    )
    return f"{html.strip()}\n"
