"""A run as a piece of HTML for a notebook's cell, in the notebook's own colours and fonts.

As in `report.html`, what a run holds reaches it as escaped text only. Its classes keep MathJax,
which notebooks load, from reading formulas into labels.
"""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.headline import headline
from netparity.report.notes import keyed_notes
from netparity.report.tables import comparison
from netparity.report.templates import template


def render(run: Run) -> str:
    """What it comes to in a sentence, parity beside speed, and what speaks against either."""
    said = template("notebook.html").render(
        run=run,
        headline=headline(run),
        table=comparison(run),
        warnings=[note for note in keyed_notes(run) if note.warning],
        unjudged=run.finished is None and not run.parity,
    )
    return f"{said.strip()}\n"
