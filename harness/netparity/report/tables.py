"""The tables of a run as plain text cells: what every exporter lays out in its own way."""

from __future__ import annotations

from netparity.protocol import Run, RunnerRecord, TimingEntry
from netparity.report.agreement import between_runners, faults, matrix, parity, preprocessing
from netparity.report.cells import ABSENT, Table, error, spread_seconds, with_interval
from netparity.report.ledger import ledger
from netparity.report.outcomes import outcome, parity_passed, title, worst_shared

_PHASE_HEADERS = {
    "startup": "start-up",
    "load": "load",
    "preprocess": "preprocess",
    "predict_first": "first predict",
    "predict": "predict",
}


def tables(
    run: Run, spread: bool = True, phase_spread: bool = True, code: bool = True
) -> list[Table]:
    """All tables of a run that have rows.

    `spread` adds the extremes to the medians of the first table, `phase_spread` to those of the
    second; `code` has the first one say what ran. A terminal may not have room for all.
    """
    made = [
        comparison(run, spread, code),
        phases(run, phase_spread),
        limit_shares(run),
        layers(run),
        parity(run),
        faults(run),
        preprocessing(run),
        matrix(run),
        between_runners(run),
        ledger(run),
    ]
    return [table for table in made if table.rows]


def comparison(run: Run, spread: bool = True, code: bool = True) -> Table:
    """Parity beside speed: one row per runner, in the order asked for."""
    timing = {entry.label: entry for entry in run.timing if entry.phase == "predict"}
    rows = tuple(
        (
            record.label,
            *([record.code or ABSENT] if code else []),
            outcome(run, record),
            error(worst_shared(run, record.label)),
            spread_seconds(timing.get(record.label), spread),
            _ratio(run, record, timing.get(record.label), spread),
            _word(timing.get(record.label)),
            _memory(record),
        )
        for record in run.runners
    )
    words = ("runner", "what ran") if code else ("runner",)
    headers = (*words, "parity", "error", "predict, s", "ratio", "verdict", "GiB")
    return Table(title(run), headers, rows, len(words))


def phases(run: Run, spread: bool) -> Table:
    """Median seconds of every phase."""
    timing = {(entry.label, entry.phase): entry for entry in run.timing}
    labels = list(dict.fromkeys(entry.label for entry in run.timing))
    rows = tuple(
        (label, *(spread_seconds(timing.get((label, phase)), spread) for phase in _PHASE_HEADERS))
        for label in labels
    )
    return Table("Seconds per phase, median", ("runner", *_PHASE_HEADERS.values()), rows)


def limit_shares(run: Run) -> Table:
    """Warm predictions against what the machine's matrix products and memory allow."""
    rows = []
    for entry in run.timing:
        if run.limit is not None and entry.phase == "predict" and entry.median_seconds > 0:
            reached = run.limit.flops / entry.median_seconds / 1e9
            share = run.limit.seconds / entry.median_seconds
            rows.append((entry.label, f"{reached:.3g}", f"{100 * share:.2g} %"))
    rate = run.limit.flops_per_second / 1e9 if run.limit else 0.0
    title = f"Share of the hardware limit (products {rate:.3g} GFLOP/s)"
    return Table(title, ("runner", "GFLOP/s", "share"), tuple(rows))


def layers(run: Run) -> Table:
    """Milliseconds that each layer adds, a column for each runner that was asked."""
    labels = list(dict.fromkeys(entry.label for entry in run.layer_timing))
    own = {(entry.label, entry.layer): entry for entry in run.layer_timing}
    rows = []
    for layer in dict.fromkeys(entry.layer for entry in run.layer_timing):
        entries = [own.get((label, layer)) for label in labels]
        least = next((each.limit_seconds for each in entries if each is not None), None)
        cells = [f"{1e3 * each.own_seconds:.3g}" if each else ABSENT for each in entries]
        rows.append((layer, f"{1e3 * least:.3g}" if least is not None else ABSENT, *cells))
    title = "Milliseconds that each layer adds; the hardware's limit beside"
    return Table(title, ("layer", "limit", *labels), tuple(rows))


def _ratio(run: Run, record: RunnerRecord, entry: TimingEntry | None, spread: bool) -> str:
    if entry is None:
        return ABSENT
    if worst_shared(run, record.label) and not parity_passed(run, record.label):
        return "unranked"
    if entry.ratio_to_reference is None:
        return ABSENT
    return with_interval(entry.ratio_to_reference, entry.ratio_interval if spread else None)


def _word(entry: TimingEntry | None) -> str:
    """Faster, slower, or what could have been shown."""
    if entry is None or entry.verdict is None:
        return ABSENT
    if entry.verdict == "no difference shown" and entry.least_difference is not None:
        return f"no difference shown (< {100 * entry.least_difference:.2g} %)"
    return entry.verdict


def _memory(record: RunnerRecord) -> str:
    peak = record.peak_rss_bytes
    return f"{peak / 2**30:.2f}" if peak is not None else ABSENT
