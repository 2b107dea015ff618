"""Whether a converted file is still as it was written."""

from __future__ import annotations

from pathlib import Path


def stamp(path: Path) -> str:
    """Size and time of a converted file, which damage or an edit changes."""
    try:
        status = path.stat()
    except OSError:
        return "missing"
    return f"{status.st_size} {status.st_mtime_ns}"


def stamp_file(path: Path) -> Path:
    """Where a file's stamp is kept."""
    return path.with_name(f"{path.name}.stamp")


def recorded_stamp(path: Path) -> str:
    """The stamp from when the file was written; `none` if there is none."""
    try:
        return stamp_file(path).read_text(errors="replace")
    except OSError:
        return "none"
