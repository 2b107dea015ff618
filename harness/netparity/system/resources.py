"""Where the extractors are: beside `harness/` in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def extractor_folder(name: str) -> Path:
    """The folder `python` or `matlab`."""
    bundled = _PACKAGE / "_extractors" / name
    return bundled if bundled.is_dir() else _PACKAGE.parents[1] / name
