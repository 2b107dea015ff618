"""From raw seconds to the numbers of the table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from netparity.protocol import PHASES, TimingEntry
from netparity.timing.comparison import Comparison, compare_all
from netparity.timing.estimate import Processes, ends, estimate

Phases = Mapping[str, Processes]
"""Raw seconds of one runner: phase to round to values."""


def summarise(
    runners: Mapping[str, Phases], ratio_reference: str | None, ranked: Collection[str]
) -> Iterator[TimingEntry]:
    """Every phase of every runner: seconds, ratio, intervals, the word.

    Args:
        runners: by label.
        ratio_reference: label that the others are compared with; None for no ratios.
        ranked: labels that may be compared: the time for a wrong answer is no speed.
    """
    compared = {
        phase: compare_all(
            {label: each.get(phase, {}) for label, each in runners.items() if label in ranked},
            ratio_reference,
        )
        for phase in PHASES
        if ratio_reference in ranked
    }
    for label, phases in runners.items():
        for phase in PHASES:
            processes = {number: seen for number, seen in phases.get(phase, {}).items() if seen}
            if processes:
                comparison = compared.get(phase, {}).get(label)
                own = label == ratio_reference and phase in compared
                yield _entry(label, phase, processes, comparison, own)


def _entry(
    label: str, phase: str, processes: Processes, comparison: Comparison | None, is_base: bool
) -> TimingEntry:
    found = estimate(processes)
    values = [value for number in sorted(processes) for value in processes[number]]
    ratio = comparison.ratio if comparison else None
    own = 1.0 if is_base and found.seconds > 0 else None
    return TimingEntry(
        label=label,
        phase=phase,
        median_seconds=found.seconds,
        interval_seconds=ends(found.interval),
        min_seconds=min(values),
        max_seconds=max(values),
        mad_seconds=found.mad,
        quantiles_seconds=found.quantiles,
        values=values,
        processes=found.processes,
        outliers=list(found.outliers),
        ratio_to_reference=ratio.value if ratio else own,
        ratio_interval=ends(ratio.interval) if ratio else None,
        verdict=comparison.word if comparison and ratio else None,
        p_value=comparison.p_value if comparison else None,
        least_difference=comparison.least_difference if comparison else None,
    )
