"""A BibTeX entry for the software, in the version that made the run."""

from __future__ import annotations

import re

from netparity.report.document import Document
from netparity.report.latex import escape

FILE = None


def render(document: Document) -> str:
    """An entry for each version of netparity among the runs."""
    entries = {}
    for run in document.runs:
        version, year = run.netparity_version, run.started[:4]
        key = "netparity-" + re.sub(r"[^0-9A-Za-z.]+", "-", version)
        entries[key] = (
            f"@software{{{key},\n"
            "  author  = {{The netparity authors}},\n"
            "  title   = {netparity: parity and timing of one network in several tools},\n"
            f"  version = {{{escape(version)}}},\n"
            f"  year    = {{{escape(year)}}},\n"
            f"  note    = {{Run {escape(run.run_id)}}},\n"
            "}\n"
        )
    return "\n".join(entries.values())
