"""Runs of several networks in one table: ratios by network, and their geometric means."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from netparity.protocol import Run, RunnerRecord
from netparity.report.cells import ABSENT, Table, three_digits, with_interval
from netparity.report.columns import PHASE_HEADERS, Row
from netparity.results.outcomes import NOT_RUN, timing_base

MEAN_ROW = "geometric mean"
_OTHER_BASE = "other base"


def by_network(runs: Sequence[Run], names: Sequence[str], phase: str) -> Table | None:
    """A row per run, a column per runner with its ratio, and last the geometric means.

    A mean is over the networks of which the runner has a ratio, and says of how many; each network
    counts once, with the geometric mean of its runs. Only runs with the same base enter. A cell
    without a ratio says why. See Fleming and Wallace, How Not To Lie With Statistics, CACM 29
    (1986), for why ratios are averaged so.

    Args:
        names: what the other tables call the runs.

    Returns:
        None if the runs are of one network, or none has a base.
    """
    base = next((found for run in runs if (found := timing_base(run))), None)
    networks = list(dict.fromkeys(run.model for run in runs))
    if base is None or len(networks) < 2:
        return None
    labels = list(dict.fromkeys(record.label for run in runs for record in run.runners))
    rows = [
        (f"{run.model}, {name}", *(_cell(run, label, phase, base) for label in labels))
        for run, name in zip(runs, names, strict=True)
    ]
    means = tuple(_mean(runs, networks, label, phase, base) for label in labels)
    title = f"Seconds of {PHASE_HEADERS[phase]}, as a ratio to {base}, by network"
    return Table(title, ("network", *labels), (*rows, (MEAN_ROW, *means)))


def _cell(run: Run, label: str, phase: str, base: str) -> str:
    """The ratio with its interval, or why there is none."""
    record = _record(run, label)
    if record is None:
        return ABSENT
    if record.status != "ok":
        return NOT_RUN if record.status == "pending" else record.status
    row = Row(run, record, phase)
    entry = row.timing()
    if row.failed_parity:
        return "failed parity"
    if timing_base(run) != base:
        return _OTHER_BASE
    if entry is None or entry.ratio_to_reference is None:
        return "not timed"
    return with_interval(entry.ratio_to_reference, entry.ratio_interval)


def _mean(runs: Sequence[Run], networks: Sequence[str], label: str, phase: str, base: str) -> str:
    """The geometric mean over networks, and of how many of them."""
    means = []
    for network in networks:
        ratios = [
            ratio
            for run in runs
            if run.model == network
            for ratio in _ratios(run, label, phase, base)
        ]
        if ratios:
            means.append(geometric_mean(ratios))
    if not means:
        return ABSENT
    return f"{three_digits(geometric_mean(means))} ({len(means)} of {len(networks)})"


def _ratios(run: Run, label: str, phase: str, base: str) -> Iterator[float]:
    """The ratio of a runner, if it is one to the base and its features passed parity."""
    record = _record(run, label)
    if record is None or record.status != "ok" or timing_base(run) != base:
        return
    row = Row(run, record, phase)
    entry = row.timing()
    if entry and not row.failed_parity and (entry.ratio_to_reference or 0) > 0:
        assert entry.ratio_to_reference is not None
        yield entry.ratio_to_reference


def geometric_mean(values: Sequence[float]) -> float:
    """Of positive values."""
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def _record(run: Run, label: str) -> RunnerRecord | None:
    return next((record for record in run.runners if record.label == label), None)
