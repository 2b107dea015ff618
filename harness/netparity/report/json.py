"""The first table as JSON with numbers, and its headline and notes; run.json holds everything."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from netparity.protocol import Run
from netparity.protocol.finite import finite
from netparity.report.answers import answers
from netparity.report.cells import image_rate
from netparity.report.columns import PHASES_OF_IMAGES, Row
from netparity.report.csv import row as flat_row
from netparity.report.document import Choice, Document
from netparity.report.headline import headline
from netparity.report.methods import paragraph
from netparity.report.notes import notes
from netparity.results.outcomes import outcome, worst_shared

HELP = "the first table with numbers, the headline, the answers, the notes"
SUFFIX = ".json"
FILE = None
COLUMNS_OF = None


def render(document: Document) -> str:
    """An object with runs and remarks; unknown values and those that are not finite are null."""
    content = {
        "runs": [_run(run, document.choice) for run in document.runs],
        "remarks": list(document.remarks),
    }
    return json.dumps(finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _run(run: Run, choice: Choice) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "started": run.started,
        "netparity_version": run.netparity_version,
        "model": run.model,
        "machine": run.machine.model_dump(),
        "headline": headline(run, choice.phase),
        "answers": asdict(answers(run, choice.phase)),
        "phase": choice.phase,
        "feature": choice.feature,
        "runners": [_runner(run, index, choice) for index in range(len(run.runners))],
        "notes": notes(run),
        "methods": paragraph(run),
    }


def _runner(run: Run, index: int, choice: Choice) -> dict[str, Any]:
    """The first table's row of a runner, and in `all` its row of table.csv."""
    row = Row(run, run.runners[index], choice.phase, choice.feature)
    timing, judged, worst = row.timing(), row.judged, worst_shared(run, row.record.label)
    return {
        "label": row.record.label,
        "status": row.record.status,
        "error": judged.relative_l2 if judged else None,
        "error_at": judged.feature if judged else None,
        "parity": worst.verdict if worst else None,
        "outcome": outcome(run, row.record),
        "identical_to": (worst.identical_to or None) if worst else None,
        "seconds": timing.median_seconds if timing else None,
        "seconds_interval": timing.interval_seconds if timing else None,
        "images_per_second": (
            image_rate(len(run.images), timing) if choice.phase in PHASES_OF_IMAGES else None
        ),
        "ratio": timing.ratio_to_reference if timing else None,
        "ratio_interval": timing.ratio_interval if timing else None,
        "verdict": timing.verdict if timing else None,
        "all": flat_row(run, index),
    }
