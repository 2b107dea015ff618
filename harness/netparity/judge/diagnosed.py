"""The result of `netparity diagnose`, for a terminal, as JSON and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from netparity.diagnosis import Diagnosis
from netparity.report import markdown

FILE = "diagnosis.md"


@dataclass(frozen=True)
class RunnerDiagnosis:
    """One runner's diagnosis, in numbers and in words."""

    label: str
    diagnosis: Diagnosis | None
    lines: list[str] = field(default_factory=list)


def as_text(found: Sequence[RunnerDiagnosis]) -> str:
    """The diagnoses for a terminal."""
    if not found:
        return "every runner that ran agrees with the reference: there is nothing to diagnose\n"
    blocks = ["\n".join([each.label, *(f"  {line}" for line in each.lines)]) for each in found]
    return "\n\n".join(blocks) + "\n"


def as_json(found: Sequence[RunnerDiagnosis]) -> str:
    """The diagnoses as JSON, for other programs."""
    documents = [
        {
            "label": each.label,
            "diagnosis": None if each.diagnosis is None else each.diagnosis.document(),
            "text": each.lines,
        }
        for each in found
    ]
    return json.dumps(documents, indent=1, allow_nan=False)


def render(found: Sequence[RunnerDiagnosis]) -> str:
    """The diagnoses as Markdown."""
    parts = ["# Diagnosis", ""]
    if not found:
        parts += [as_text(found)]
    for each in found:
        items = markdown.diagnosis_items(each.lines)
        parts += [f"## {markdown.escape(each.label)}", "", *items, ""]
    return "\n".join(parts)
