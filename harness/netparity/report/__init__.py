"""From finished runs to what people read. One file per output format; nothing is recomputed.

An exporter is a module with `FILE`, the name under which every run's folder gets one (None for
those made on demand), and `render(document)`, which returns text or bytes.
"""

from __future__ import annotations

from pathlib import PurePath
from types import ModuleType

from netparity.errors import UsageError
from netparity.protocol import Run
from netparity.report import (
    bibtex,
    csv,
    html,
    json,
    junit,
    latex,
    layers_csv,
    markdown,
    measurements,
    measurements_parquet,
    methods,
    parity_csv,
    tidy,
)
from netparity.report.document import Choice, Document
from netparity.results.folder import RunFolder

__all__ = [
    "EXPORTERS",
    "Choice",
    "Document",
    "format_of",
    "refuse_other_suffix",
    "render",
    "write",
]

EXPORTERS: dict[str, ModuleType] = {
    "markdown": markdown,
    "csv": csv,
    "parity": parity_csv,
    "measurements": measurements,
    "layers": layers_csv,
    "parquet": measurements_parquet,
    "html": html,
    "latex": latex,
    "json": json,
    "junit": junit,
    "tidy": tidy,
    "methods": methods,
    "bibtex": bibtex,
}
SUFFIXES = {
    ".md": "markdown",
    ".csv": "csv",
    ".parquet": "parquet",
    ".html": "html",
    ".tex": "latex",
    ".json": "json",
    ".xml": "junit",
    ".txt": "methods",
    ".bib": "bibtex",
}
"""The format that a file's name asks for."""
_WITHOUT_COLUMNS = ("parquet", "json", "junit", "methods", "bibtex")


def write(run: Run, store: RunFolder) -> None:
    """Store the run and everything that its folder holds of it.

    Raises:
        StoreError: if one cannot be written.
    """
    store.write_run(run)
    document = Document.of(run, store)
    for exporter in EXPORTERS.values():
        if exporter.FILE is not None:
            rendered = exporter.render(document)
            put = store.write_text if isinstance(rendered, str) else store.write_bytes
            put(exporter.FILE, rendered)


def render(document: Document, name: str) -> str | bytes:
    """The runs in one of the formats.

    Raises:
        UsageError: if there is no such format.
    """
    if name not in EXPORTERS:
        raise UsageError(f"--format {name!r} is not one of {', '.join(EXPORTERS)}")
    if document.choice.columns is not None and name in _WITHOUT_COLUMNS:
        raise UsageError(f"--columns: the format {name} has no columns to choose")
    rendered: str | bytes = EXPORTERS[name].render(document)
    return rendered


def refuse_other_suffix(file: PurePath, name: str) -> None:
    """See that a file's name does not ask for another format than the one named.

    Raises:
        UsageError: if it does. The formats that are rows may all be called .csv.
    """
    asked = SUFFIXES.get(file.suffix.lower())
    rows = ("csv", "tidy", "parity", "measurements", "layers")
    if asked is not None and asked != name and not (asked == "csv" and name in rows):
        raise UsageError(f"--format {name} and --output {str(file)!r} name different formats")


def format_of(file: PurePath) -> str:
    """The format that a file's name asks for.

    Raises:
        UsageError: if it asks for none.
    """
    found = SUFFIXES.get(file.suffix.lower())
    if found is None:
        known = ", ".join(SUFFIXES)
        raise UsageError(f"--output {str(file)!r} ends in none of {known}: name a --format")
    return found
