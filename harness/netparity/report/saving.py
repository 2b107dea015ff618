"""A rendered document as a file of the user's choice."""

from __future__ import annotations

from pathlib import Path

from netparity.errors import StoreError
from netparity.system.cache import replacing
from netparity.system.paths import usable_path


def save(data: str | bytes, path: Path) -> Path:
    """Write a rendered document, whole or not at all.

    Raises:
        StoreError: if it cannot be written.
    """
    path = usable_path(path, "output")
    if path.is_dir():
        raise StoreError(f"output {path} is a folder; name a file in it")
    if path.exists() and not path.is_file():
        raise StoreError(f"output {path} is no file but a device or a pipe; print to it with >")
    if not path.parent.is_dir():
        raise StoreError(f"output {path} cannot be written: there is no folder {path.parent}")
    with replacing(path.resolve()) as draft:  # a link keeps leading to what is written
        # Bytes, so that the line ends of a CSV stay what RFC 4180 wants.
        draft.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path
