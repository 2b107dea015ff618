"""Links from the page to the files beside it: tables for programs, raw values, logs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from netparity.protocol import Run
from netparity.results.folder import RunFolder

_FILES = {
    "table": ("run.json", "table.csv", "table.md"),
    "errors": ("parity.csv", "diagnosis.md"),
    "seconds": ("measurements.csv", "measurements.parquet"),
}


@dataclass(frozen=True)
class Link:
    """A link: its text, and the address of a file relative to the page."""

    text: str
    address: str


def links(run: Run, folder: RunFolder | None, page: Path | None) -> Mapping[str, Sequence[Link]]:
    """The files that there are, by the part of the page that they belong to.

    Args:
        page: the folder in which the page will lie; without it, there are no links.
    """
    if folder is None or page is None:
        return dict.fromkeys((*_FILES, "logs"), ())
    found = {
        part: [Link(name, address) for name in names if (address := _address(folder, name, page))]
        for part, names in _FILES.items()
    }
    return {**found, "logs": list(_logs(run, folder, page))}


def _logs(run: Run, folder: RunFolder, page: Path) -> Iterator[Link]:
    """Every runner's last log."""
    for record in run.runners:
        log = next((each.log for each in reversed(record.rounds) if each.log), None)
        if log and (address := _address(folder, log, page)):
            yield Link(record.label, address)


def _address(folder: RunFolder, name: str, page: Path) -> str:
    """The address of a file of the run's folder relative to the page; empty if it is not one."""
    root = folder.path.resolve()
    file = (root / name).resolve()
    if not file.is_relative_to(root) or not file.is_file():
        return ""
    try:
        relative = os.path.relpath(file, page.resolve())
    except ValueError:  # on another drive
        return ""
    # With ./ in front, no name can be taken for a scheme, as in a:b.
    return "./" + quote(Path(relative).as_posix())
