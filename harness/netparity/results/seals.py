"""Seals: the SHA-256 of a file, beside it, for files whose hash is in no run.json.

A seal has the form of `sha256sum`, which can check it too: `sha256sum -c shared.npy.sha256`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

Seal = Literal["intact", "broken", "none"]
_SUFFIX = ".sha256"


def seal(draft: Path, path: Path) -> None:
    """Write the seal of a file that is still a draft and will be called `path`."""
    _seal_of(path).write_text(f"{_hash(draft)}  {path.name}\n", encoding="utf-8")


def look_at(path: Path) -> Seal:
    """Whether a file is there and as it was when it was sealed; `none` if it has no seal."""
    try:
        words = _seal_of(path).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return "none"
    except (OSError, UnicodeDecodeError):
        return "broken"
    try:
        return "intact" if words[:1] == [_hash(path)] else "broken"
    except OSError:
        return "broken"


def remove(path: Path) -> None:
    """Remove a file and its seal."""
    path.unlink(missing_ok=True)
    _seal_of(path).unlink(missing_ok=True)


def _seal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{_SUFFIX}")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
