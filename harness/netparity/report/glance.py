"""The one table of the first screen: agreement, speed, first use and memory of every runner."""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.cells import ABSENT, Table, sum_of
from netparity.report.columns import COLUMNS, PHASE_HEADERS, Row
from netparity.report.costs import first_use
from netparity.report.own_inputs import most_moved, moved_cell
from netparity.results.outcomes import title


def glance(
    run: Run, phase: str = "predict", spread: bool = True, feature: str | None = None
) -> Table:
    """A row per runner, in the order requested.

    `own input moves ... by` is the relative L2 distance that the runner's own decoding and resizing
    of the file causes, by the reference; `first use` is start-up, load and first prediction.

    Args:
        phase: whose seconds and ratio are shown.
        spread: whether these have intervals.
        feature: whose error is shown; None for each runner's worst.
    """
    rows = []
    for record in run.runners:
        row = Row(run, record, phase, feature, spread)
        used = first_use(run, record.label)
        rows.append(
            (
                record.label,
                COLUMNS["parity"].cell(row),
                COLUMNS["error"].cell(row),
                moved_cell(run, record.label),
                COLUMNS["seconds"].cell(row),
                COLUMNS["ratio"].cell(row),
                sum_of(used) if used else ABSENT,
                COLUMNS["memory"].cell(row),
            )
        )
    headers = (
        *("runner", "parity", "error", f"own input moves {most_moved(run) or 'it'} by"),
        *(f"{PHASE_HEADERS[phase]}, s", "ratio", "first use, s", "GiB"),
    )
    return Table(title(run), headers, tuple(rows))
