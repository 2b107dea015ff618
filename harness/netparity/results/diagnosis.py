"""The diagnosis that `netparity diagnose` stored in a run's folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from netparity.errors import InputError
from netparity.results.folder import RunFolder

FILE = "diagnosis.json"

_MOST_BYTES = 2**24
_MOST_RUNNERS, _MOST_LINES = 256, 4096


@dataclass(frozen=True)
class StoredDiagnosis:
    """What was found out about one runner.

    Attributes:
        label: of the runner.
        lines: the diagnosis in sentences; a line that begins with blanks belongs to the one before.
    """

    label: str
    lines: Sequence[str]


def stored_diagnoses(store: RunFolder | None) -> list[StoredDiagnosis]:
    """The diagnoses in a run's folder; none if there is no such file or it is damaged."""
    if store is None:
        return []
    try:
        path = store.inside(FILE)
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return []
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, InputError):
        return []
    if not isinstance(document, list):
        return []
    return [found for entry in document[:_MOST_RUNNERS] if (found := _entry(entry)) is not None]


def _entry(entry: Any) -> StoredDiagnosis | None:
    if not isinstance(entry, dict):
        return None
    label, lines = entry.get("label"), entry.get("text")
    if not isinstance(label, str) or not isinstance(lines, list):
        return None
    return StoredDiagnosis(label, [line for line in lines[:_MOST_LINES] if isinstance(line, str)])
