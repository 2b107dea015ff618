"""How sure an explanation is, in words: what it leaves, what else explains as much, what to try."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netparity.diagnosis.experiments import in_words
from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.titles import describe, merge
from netparity.networks import Network

_MOST_NAMED = 3
_MOST_EXPERIMENTS = 2


def residual(explanations: Sequence[Explanation]) -> str:
    """The error before and after, and how many times that of rounding is left; the worst of all."""
    if not explanations:
        return ""
    before = max(explanation.before for explanation in explanations)
    worst = max(explanations, key=lambda explanation: explanation.after)
    if not math.isfinite(before):
        if worst.after == 0:
            return ""  # seen by counting, without computing anything
        return (
            f" (with this mistake in the reference, the error is {worst.after:.1e}"
            f"{_times_rounding(worst)})"
        )
    if worst.after == 0:
        return f" (error {before:.1e}; with this mistake in the reference none)"
    return (
        f" (error {before:.1e}; with this mistake in the reference {worst.after:.1e}"
        f"{_times_rounding(worst)})"
    )


def lines(finding: Finding, model: Network) -> list[str]:
    """What explains a finding as well as its explanation, and what tells them apart."""
    others = finding.alternatives
    if not finding.confirmed:
        return experiment_lines(finding)
    if not others:
        if finding.tried < 2:
            return []
        return [f"none of {finding.tried - 1:,} others that were tried explains it as well"]
    named = [
        f"{all_of(other.causes, model)}{_in_brackets(other)}" for other in others[:_MOST_NAMED]
    ]
    more = len(others) - len(named)
    text = "; or ".join(named) + (f"; and {more:,} more" if more else "")
    count = "another mistake explains" if len(others) == 1 else f"{len(others):,} others explain"
    return [f"{count} it as well: {text}", *experiment_lines(finding)]


def experiment_lines(finding: Finding) -> list[str]:
    """What to try next."""
    if not finding.experiments:
        return []
    chosen = finding.experiments[:_MOST_EXPERIMENTS]
    purpose = "to tell them apart" if finding.alternatives else "to narrow it down"
    return [f"{purpose}: {'; or '.join(in_words(experiment) for experiment in chosen)}"]


def all_of(causes: Sequence[Cause], model: Network) -> str:
    """Several causes at once in words."""
    return ", and ".join(describe(cause) for cause in merge(causes, model))


def times(explanation: Explanation) -> str:
    """What is left as a multiple of what rounding leaves; empty if that is not known."""
    factor = explanation.times_floor
    if factor is None or not math.isfinite(factor):
        return ""
    number = f"{factor:.1f}" if factor < 10 else f"{float(f'{factor:.2g}'):,.0f}"
    return f"{number} times the error of rounding"


def _times_rounding(explanation: Explanation) -> str:
    words = times(explanation)
    return f", {words}" if words else ""


def _in_brackets(explanation: Explanation) -> str:
    words = times(explanation)
    return f" (leaves {words})" if words else ""
