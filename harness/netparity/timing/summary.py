"""From raw seconds to the numbers in the table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from statistics import median

from netparity.protocol import PHASES, TimingEntry
from netparity.timing.comparison import Comparison, compare_all
from netparity.timing.estimate import Processes, ends, estimate
from netparity.timing.nodes import Nodes
from netparity.timing.pairs import Turns
from netparity.timing.usage import Usages, processors_busy
from netparity.timing.verdict import SAME_WITHIN

Phases = Mapping[str, Processes]
"""Raw seconds of one runner: phase to round to values."""


def summarise(
    runners: Mapping[str, Phases],
    ratio_reference: str | None,
    ranked: Collection[str],
    turns: Mapping[str, Turns] | None = None,
    usages: Mapping[str, Mapping[str, Usages]] | None = None,
    same_within: float = SAME_WITHIN,
    joules: Mapping[str, Sequence[float]] | None = None,
    nodes: Nodes | None = None,
) -> Iterator[TimingEntry]:
    """Summarise every phase of every runner: seconds, ratio, intervals and verdict.

    Args:
        runners: by label.
        ratio_reference: label that the others are compared with; None for no ratios.
        ranked: labels that may be compared; the time of a wrong result is not compared.
        turns: the seconds of `predict` by turn, for the runners and rounds that took turns.
        usages: what was used during each value, by label and phase, where it is known.
        same_within: the largest relative difference that is called `same`.
        joules: of one call of `predict`, by label, where they are known.
        nodes: of the rounds of a run on a cluster.
    """
    compared = {
        phase: compare_all(
            {label: runners[label].get(phase, {}) for label in runners if label in ranked},
            ratio_reference,
            turns if phase == "predict" else None,
            same_within,
            nodes,
        )
        for phase in PHASES
        if ratio_reference in ranked
    }
    for label, phases in runners.items():
        for phase in PHASES:
            processes = {
                number: values for number, values in phases.get(phase, {}).items() if values
            }
            if processes:
                comparison = compared.get(phase, {}).get(label)
                is_base = label == ratio_reference and phase in compared
                used = (usages or {}).get(label, {}).get(phase, {})
                busy = processors_busy(processes, used)
                entry = _entry(label, phase, processes, comparison, is_base, busy, nodes)
                energy = (joules or {}).get(label)
                if phase == "predict" and energy:
                    entry = entry.model_copy(update={"energy_joules": median(energy)})
                yield entry


def _entry(
    label: str,
    phase: str,
    processes: Processes,
    comparison: Comparison | None,
    is_base: bool,
    busy: float | None,
    nodes: Nodes | None,
) -> TimingEntry:
    estimated = estimate(processes, nodes)
    values = [value for number in sorted(processes) for value in processes[number]]
    ratio = comparison.ratio if comparison else None
    base_ratio = 1.0 if is_base and estimated.seconds > 0 else None
    return TimingEntry(
        label=label,
        phase=phase,
        median_seconds=estimated.seconds,
        interval_seconds=ends(estimated.interval),
        min_seconds=min(values),
        max_seconds=max(values),
        mad_seconds=estimated.mad,
        quantiles_seconds=estimated.quantiles,
        values=values,
        processes=estimated.processes,
        outliers=list(estimated.outliers),
        ratio_to_reference=ratio.value if ratio else base_ratio,
        ratio_interval=ends(ratio.interval) if ratio else None,
        verdict=comparison.word if comparison and ratio else None,
        p_value=comparison.p_value if comparison else None,
        largest_difference=comparison.largest_difference if comparison else None,
        least_difference=comparison.least_difference if comparison else None,
        processors_busy=busy,
    )
