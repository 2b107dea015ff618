"""A BibTeX entry for the software, in the version that made the run."""

from __future__ import annotations

import re

from netparity.protocol import Run
from netparity.report.document import Document
from netparity.report.tex_text import escape

HELP = "an entry for the version that made the run"
SUFFIX = ".bib"
FILE = None
COLUMNS_OF = None


def render(document: Document) -> str:
    """An entry for each version of netparity among the runs."""
    by_version: dict[str, list[Run]] = {}
    for run in document.runs:
        by_version.setdefault(run.netparity_version, []).append(run)
    return "\n".join(_entry(version, runs) for version, runs in by_version.items())


def _entry(version: str, runs: list[Run]) -> str:
    year = max(run.started[:4] for run in runs)
    names = ", ".join(escape(run.run_id) for run in runs)
    return (
        f"@software{{netparity-{_key(version)},\n"
        "  author  = {{The netparity authors}},\n"
        "  title   = {{netparity}: parity and timing of one network in several tools},\n"
        f"  version = {{{escape(version)}}},\n"
        f"  year    = {{{escape(year)}}},\n"
        f"  note    = {{{'Run' if len(runs) == 1 else 'Runs'} {names}}},\n"
        "}\n"
    )


def _key(version: str) -> str:
    """The version with only characters that BibTeX allows in a key; distinct for every version."""
    return re.sub(r"[^0-9A-Za-z.]", lambda match: f"-{ord(match[0]):x}-", version)
