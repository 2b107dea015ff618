"""The tables of a run as text cells, which every exporter lays out in its own way."""

from __future__ import annotations

from collections.abc import Iterable

from netparity.protocol import Run
from netparity.report.agreement import faults, matrix, parity, preprocessing
from netparity.report.cells import ABSENT, Table, limit_words, spread_seconds, three_digits
from netparity.report.columns import COLUMNS, PHASE_HEADERS, WHERE_KNOWN, Row
from netparity.report.document import Choice
from netparity.report.ledger import ledger
from netparity.report.nodes import nodes
from netparity.results.devices import on_processor
from netparity.results.outcomes import title


def tables(
    run: Run,
    spread: bool = True,
    phase_spread: bool = True,
    code: bool = True,
    choice: Choice | None = None,
) -> list[Table]:
    """All tables of a run that have rows; a terminal may not have room for everything in them.

    Args:
        spread: whether the first table shows intervals.
        phase_spread: whether the table of phases shows intervals.
        code: whether the first table shows which code ran.
    """
    made = [
        comparison(run, spread, code, choice),
        phases(run, phase_spread),
        limit_shares(run, spread),
        layers(run),
        parity(run),
        faults(run),
        preprocessing(run),
        matrix(run, choice.feature if choice else None),
        nodes(run),
        ledger(run),
    ]
    return [table for table in made if table.rows]


def comparison(
    run: Run, spread: bool = True, code: bool = True, choice: Choice | None = None
) -> Table:
    """Parity and speed: one row per runner, in the order requested.

    Columns of words come first, so that exporters know which columns to align as numbers.
    """
    choice = choice or Choice()
    chosen = choice.columns is not None
    cells = [Row(run, record, choice.phase, choice.feature, spread) for record in run.runners]
    names = [name for name in choice.table_columns if code or chosen or name != "code"]
    if not chosen:
        names = [name for name in names if name not in WHERE_KNOWN or _has_any(name, cells)]
    names.sort(key=lambda name: not COLUMNS[name].words)
    rows = tuple(tuple(COLUMNS[name].cell(row) for name in names) for row in cells)
    feature = f", {choice.feature}" if choice.feature else ""
    headers = tuple(
        COLUMNS[name].header.format(phase=PHASE_HEADERS[choice.phase], feature=feature)
        for name in names
    )
    return Table(title(run), headers, rows, sum(COLUMNS[name].words for name in names))


def _has_any(column: str, rows: Iterable[Row]) -> bool:
    return any(COLUMNS[column].cell(row) != ABSENT for row in rows)


def phases(run: Run, spread: bool) -> Table:
    """Median seconds of every phase."""
    timing = {(entry.label, entry.phase): entry for entry in run.timing}
    labels = list(dict.fromkeys(entry.label for entry in run.timing))
    rows = tuple(
        (label, *(spread_seconds(timing.get((label, phase)), spread) for phase in PHASE_HEADERS))
        for label in labels
    )
    return Table("Seconds per phase", ("runner", *PHASE_HEADERS.values()), rows)


def limit_shares(run: Run, spread: bool = True) -> Table:
    """Warm predictions against the hardware limit of matrix products and memory."""
    rows = []
    for entry in run.timing:
        if run.limit is not None and entry.phase == "predict" and entry.median_seconds > 0:
            rate, share = limit_words(run.limit, entry, spread)
            # The limit is the processor's.
            rows.append((entry.label, rate, share if on_processor(run, entry.label) else ABSENT))
    fastest = run.limit.flops_per_second / 1e9 if run.limit else 0.0
    title = f"Share of the hardware limit (matrix products: {three_digits(fastest)} GFLOP/s)"
    return Table(title, ("runner", "GFLOP/s", "share"), tuple(rows))


def layers(run: Run) -> Table:
    """Milliseconds that each layer adds, one column per runner with `--per-layer`."""
    labels = list(dict.fromkeys(entry.label for entry in run.layer_timing))
    own = {(entry.label, entry.layer): entry for entry in run.layer_timing}
    rows = []
    for layer in dict.fromkeys(entry.layer for entry in run.layer_timing):
        entries = [own.get((label, layer)) for label in labels]
        least = next((entry.limit_seconds for entry in entries if entry is not None), None)
        cells = [
            ABSENT
            if entry is None or entry.own_seconds is None
            else three_digits(1e3 * entry.own_seconds)
            for entry in entries
        ]
        rows.append((layer, three_digits(1e3 * least) if least is not None else ABSENT, *cells))
    title = "Milliseconds that each layer adds, and the hardware limit"
    return Table(title, ("layer", "limit", *labels), tuple(rows))
