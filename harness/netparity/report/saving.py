"""A rendered document as a file of the user's choice."""

from __future__ import annotations

from pathlib import Path

from netparity.errors import StoreError
from netparity.system.cache import replacing
from netparity.system.paths import special_file, usable_path


def save(data: str | bytes, path: Path) -> Path:
    """Write a rendered document atomically.

    Raises:
        StoreError: if it cannot be written.
    """
    path = usable_path(path, "output")
    if path.is_dir():
        raise StoreError(f"output {path} is a folder; name a file in it")
    if (special := special_file(path)) is not None:
        raise StoreError(f"output {path} is {special}, not a file; redirect to it with >")
    if not path.parent.is_dir():
        raise StoreError(f"output {path} cannot be written: there is no folder {path.parent}")
    with replacing(path.resolve()) as draft:  # so that a link is kept, and its target written
        # Bytes, so that the line ends of a CSV stay CRLF, as RFC 4180 requires.
        draft.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path
