"""Tables of several runs side by side: machines, versions, days."""

from __future__ import annotations

from netparity.protocol import Run
from netparity.report.by_network import by_network
from netparity.report.cells import ABSENT, Table, counted, error, spread_seconds
from netparity.report.columns import PHASE_HEADERS, Row
from netparity.report.document import Document
from netparity.results.outcomes import NOT_RUN


def beginning(document: Document) -> list[Table]:
    """Tables shown before those of the single runs; none for one run."""
    if len(document.runs) < 2:
        return []
    networks = by_network(document.runs, names(document), document.choice.phase)
    first = [overview(document), *([networks] if networks else [])]
    return [*first, seconds(document), errors(document), *document.across]


def overview(document: Document) -> Table:
    """One row per run: its name in the other tables, and where the runs may differ."""
    rows = tuple(
        (
            name,
            run.run_id,
            run.started,
            run.netparity_version,
            run.model,
            f"{run.weights.source} ({run.weights.sha256[:12]})",
            f"{run.machine.cpu}, {counted(run.machine.cpus_available, 'processor')}",
            run.machine.system,
            str(run.settings.threads),
            str(len(run.images)),
        )
        for name, run in zip(names(document), document.runs, strict=True)
    )
    words = ("run", "folder", "started", "netparity", "model", "weights", "machine", "system")
    headers = (*words, "threads", "images")
    return Table("The runs", headers, rows, words=len(words))


def seconds(document: Document) -> Table:
    """Seconds of the chosen phase, a column for each run."""
    phase = document.choice.phase
    rows = []
    for label in _labels(document):
        cells = []
        for run in document.runs:
            row = _row(document, run, label)
            entry = row.timing() if row else None
            mark = " ≠" if entry and row and row.failed_parity else ""
            cells.append(spread_seconds(entry, spread=True) + mark)
        rows.append((label, *cells))
    title = f"Seconds of {PHASE_HEADERS[phase]}, side by side (≠: failed parity)"
    return Table(title, ("runner", *names(document)), tuple(rows))


def errors(document: Document) -> Table:
    """Relative L2 error against the reference, a column for each run."""
    rows = []
    for label in _labels(document):
        found = [_row(document, run, label) for run in document.runs]
        rows.append((label, *(_error(row) for row in found)))
    feature = document.choice.feature or "the worst feature"
    title = f"Relative L2 error at {feature} of the shared input, side by side"
    return Table(title, ("runner", *names(document)), tuple(rows))


def names(document: Document) -> list[str]:
    """What the tables call the runs: run 1, run 2, ..."""
    return [f"run {number}" for number in range(1, len(document.runs) + 1)]


def _labels(document: Document) -> list[str]:
    return list(dict.fromkeys(record.label for run in document.runs for record in run.runners))


def _row(document: Document, run: Run, label: str) -> Row | None:
    record = next((record for record in run.runners if record.label == label), None)
    choice = document.choice
    return Row(run, record, choice.phase, choice.feature) if record else None


def _error(row: Row | None) -> str:
    if row is None:
        return ABSENT
    if row.record.status != "ok":
        return NOT_RUN if row.record.status == "pending" else row.record.status
    return error(row.judged)
