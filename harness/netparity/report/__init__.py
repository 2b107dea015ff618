"""From finished runs to what people read. One file per output format; nothing is recomputed.

A format is a module that declares what `Exporter` lists, and a line in EXPORTERS. Nothing heavy is
imported before it is used, so that `netparity --help` can name the formats and plots at once.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from netparity.errors import UsageError

if TYPE_CHECKING:
    from netparity.protocol import Run
    from netparity.report.document import Choice, Document
    from netparity.results.folder import RunFolder

__all__ = [
    "EXPORTERS",
    "PLOTS",
    "Choice",
    "Document",
    "Exporter",
    "exporter",
    "format_of",
    "refuse_other_suffix",
    "render",
    "suffixes",
    "write",
]

EXPORTERS = {
    "markdown": "markdown",
    "csv": "csv",
    "parity": "parity_csv",
    "measurements": "measurements",
    "layers": "layers_csv",
    "parquet": "measurements_parquet",
    "html": "html",
    "latex": "latex",
    "json": "json",
    "junit": "junit",
    "tidy": "tidy",
    "methods": "methods",
    "bibtex": "bibtex",
}
"""Every format by its name, and its module in this folder.

Where several formats share a suffix, the first is the one that a file's name asks for."""

PLOTS = ("errors", "phases", "values", "layers", "features", "inputs", "limit")
"""Every kind of plot; each is the module of that name in `report/plots/`."""


class Exporter(Protocol):
    """What the module of a format declares.

    Attributes:
        HELP: what it holds, in one line, as in the table of docs/report.md.
        SUFFIX: of its files, such as `.md`.
        FILE: under which name every run's folder gets one; None if it is made on demand only.
        COLUMNS_OF: what `--columns` chooses from: the first `table`'s columns, its own `rows`'
            headers, or nothing.
    """

    HELP: str
    SUFFIX: str
    FILE: str | None
    COLUMNS_OF: Literal["table", "rows"] | None

    def render(self, document: Document) -> str | bytes:
        """Lay out the runs of a document."""
        ...


def exporter(name: str) -> Exporter:
    """The module of a format.

    Raises:
        UsageError: if there is no such format.
    """
    if name not in EXPORTERS:
        raise UsageError(f"--format {name!r} is not one of {', '.join(EXPORTERS)}")
    return cast(Exporter, import_module(f"{__name__}.{EXPORTERS[name]}"))


def write(run: Run, store: RunFolder) -> None:
    """Store the run and every file that its folder holds beside run.json.

    Raises:
        StoreError: if a file cannot be written.
    """
    from netparity.report.document import Document

    store.write_run(run)
    document = Document((run,), (store,), page=store.path)
    for module in map(exporter, EXPORTERS):
        if module.FILE is not None:
            rendered = module.render(document)
            if isinstance(rendered, str):
                store.write_text(module.FILE, rendered)
            else:
                store.write_bytes(module.FILE, rendered)


def render(document: Document, name: str) -> str | bytes:
    """The runs in one of the formats.

    Raises:
        UsageError: if there is no such format, or it does not have the columns that were chosen.
    """
    module = exporter(name)
    if document.choice.columns is not None and module.COLUMNS_OF is None:
        raise UsageError(f"--columns: the format {name} has no columns to choose")
    return module.render(document)


def suffixes() -> dict[str, str]:
    """The suffixes that a file's name can have, and the format that each asks for."""
    found: dict[str, str] = {}
    for name in EXPORTERS:
        found.setdefault(exporter(name).SUFFIX, name)
    return found


def refuse_other_suffix(file: PurePath, name: str) -> None:
    """Check that a file's name does not ask for another format than the one named.

    Raises:
        UsageError: if it does.
    """
    suffix = file.suffix.lower()
    if suffix in suffixes() and suffix != exporter(name).SUFFIX:
        raise UsageError(f"--format {name} and --output {str(file)!r} name different formats")


def format_of(file: PurePath) -> str:
    """The format that a file's name asks for.

    Raises:
        UsageError: if it asks for none.
    """
    known = suffixes()
    if file.suffix.lower() not in known:
        endings = ", ".join(known)
        raise UsageError(f"--output {str(file)!r} ends in none of {endings}: name a --format")
    return known[file.suffix.lower()]


def __getattr__(name: str) -> Any:
    if name in ("Choice", "Document"):
        return getattr(import_module(f"{__name__}.document"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
