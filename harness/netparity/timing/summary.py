"""From raw seconds to the numbers of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from netparity.protocol import PHASES, TimingEntry

PhaseValues = Mapping[str, Sequence[float]]


def summarise(
    runners: Mapping[str, PhaseValues], ratio_reference: str | None
) -> Iterator[TimingEntry]:
    """Median, extremes and ratio of every phase of every runner.

    Args:
        runners: label to phase to raw seconds, all processes together.
        ratio_reference: label whose medians the ratios are taken to; None for no ratios.
    """
    base = runners.get(ratio_reference, {}) if ratio_reference is not None else {}
    for label, phases in runners.items():
        for phase in PHASES:
            values = list(phases.get(phase, ()))
            if not values:
                continue
            middle = median(values)
            base_values = base.get(phase)
            base_median = median(base_values) if base_values else 0.0
            yield TimingEntry(
                label=label,
                phase=phase,
                median_seconds=middle,
                min_seconds=min(values),
                max_seconds=max(values),
                values=values,
                ratio_to_reference=middle / base_median if base_median > 0 else None,
            )
