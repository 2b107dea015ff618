"""Whether a runner is faster or slower than another, from one interval adjusted for the table.

The intervals of a table hold together: with a probability of 95 % all of them contain their true
ratios (Z. Šidák, Journal of the American Statistical Association 62, 1967). The word comes from the
printed interval, so the two cannot disagree. `docs/decisions/0011` shows how this and other methods
were chosen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from netparity.timing.estimate import (
    Processes,
    Ratio,
    log_medians,
    mean_of_logs,
    unpaired_ratio,
)
from netparity.timing.nodes import Floats, Nodes, node_means
from netparity.timing.pairs import Turns, common_rounds, log_ratios
from netparity.timing.verdict import SAME_WITHIN, Word, largest_difference, word

LEVEL = 0.05
"""Probability that any interval of a table misses its true ratio."""
POWER = 0.8
LEAST_ROUNDS = 2
"""Fewest rounds with which there is an interval."""
_MOST_LOG = 700.0  # e^710 exceeds the largest float


@dataclass(frozen=True)
class Comparison:
    """One runner against the base.

    Attributes:
        ratio: seconds divided by the base's, with its interval adjusted for the table; None if no
            round has both.
        p_value: of Student's t test, adjusted likewise: below 0.05 if and only if the interval
            excludes 1.
        largest_difference: the largest relative difference that the interval includes.
        least_difference: smallest relative difference that these rounds would have shown with a
            probability of 80 %.
    """

    ratio: Ratio | None
    word: Word
    p_value: float | None
    largest_difference: float | None
    least_difference: float | None


def compare_all(
    runners: Mapping[str, Processes],
    base: str | None,
    turns: Mapping[str, Turns] | None = None,
    same_within: float = SAME_WITHIN,
    nodes: Nodes | None = None,
) -> dict[str, Comparison]:
    """Compare every other runner with `base`, for one phase.

    Args:
        runners: label to round to raw seconds.
        turns: the same seconds by turn, for the runners and rounds that took turns.
        same_within: the largest difference that is called `same`.
        nodes: of the rounds of a run on a cluster. With several, the node is the unit.
    """
    taken = turns or {}
    against = runners.get(base, {}) if base is not None else {}
    base_turns = taken.get(base) if base is not None else None
    units, rounds = {}, {}
    for label, processes in runners.items():
        if label != base:
            logs = log_ratios(processes, against, taken.get(label), base_turns)
            at = [(nodes or {}).get(number) for number in common_rounds(processes, against)]
            units[label], rounds[label] = node_means(logs, at), len(logs)
    count = sum(len(each) >= LEAST_ROUNDS and _finite(each) for each in units.values())
    return {
        label: compare_logs(each, count, same_within, rounds[label])
        for label, each in units.items()
    }


def compare_logs(
    logs: Floats, count: int, same_within: float = SAME_WITHIN, rounds: int | None = None
) -> Comparison:
    """One comparison of `count`, from the logarithms of the ratios in its rounds or on its nodes.

    Args:
        rounds: how many there are, if not one for each logarithm.
    """
    if len(logs) == 0 or not _finite(logs):
        return Comparison(None, "inconclusive", None, None, None)
    value, interval = mean_of_logs(logs, single_level(count))
    return Comparison(
        ratio=Ratio(value, interval, len(logs) if rounds is None else rounds),
        word=word(interval, same_within),
        p_value=_p_value(logs, count),
        largest_difference=largest_difference(interval),
        least_difference=least_difference(logs, count),
    )


def compare_runs(
    later: Mapping[str, Processes],
    earlier: Mapping[str, Processes],
    same_within: float = SAME_WITHIN,
) -> dict[str, Comparison]:
    """Compare every runner of a run with that of the same label in another, for one phase.

    Rounds of two runs do not belong together: the interval is Welch's.
    """
    common = [label for label in later if label in earlier]
    count = sum(min(len(later[label]), len(earlier[label])) >= LEAST_ROUNDS for label in common)
    found = {}
    for label in common:
        ratio = unpaired_ratio(later[label], earlier[label], single_level(count))
        interval = ratio.interval if ratio is not None else None
        p = _welch(log_medians(later[label]), log_medians(earlier[label]), count)
        found[label] = Comparison(
            ratio=ratio,
            word=word(interval, same_within),
            p_value=p if interval is not None else None,
            largest_difference=largest_difference(interval),
            least_difference=None,
        )
    return found


def single_level(comparisons: int) -> float:
    """Probability of error of each of several comparisons, so that all hold at `LEVEL`."""
    return -math.expm1(math.log1p(-LEVEL) / max(1, comparisons))


def least_difference(logs: Floats, comparisons: int) -> float | None:
    """The smallest relative difference that would have been shown with a probability of 80 %.

    This is the minimum detectable effect of a t test (H. Bloom, Evaluation Review 19, 1995) at the
    level of each of the comparisons. None with fewer than two rounds.
    """
    from scipy import stats

    rounds = len(logs)
    if rounds < LEAST_ROUNDS or not _finite(logs):
        return None
    t = stats.t(rounds - 1)
    multiple = t.ppf(1 - single_level(comparisons) / 2) + t.ppf(POWER)
    return math.expm1(min(_MOST_LOG, float(multiple * stats.sem(logs))))


def _p_value(logs: Floats, comparisons: int) -> float | None:
    """Two-sided p of Student's t test, adjusted for the comparisons; None for a single round."""
    from scipy import stats

    if len(logs) < LEAST_ROUNDS:
        return None
    error = stats.sem(logs)
    if error == 0:  # all rounds gave the very same ratio
        return 1.0 if logs[0] == 0 else 0.0
    p = 2 * stats.t.sf(abs(logs.mean()) / error, len(logs) - 1)
    return adjusted(float(p), comparisons)


def _welch(
    runner: Mapping[int, float], base: Mapping[int, float], comparisons: int
) -> float | None:
    from scipy import stats

    samples = np.array(list(runner.values())), np.array(list(base.values()))
    if min(map(len, samples)) < LEAST_ROUNDS or not all(map(_finite, samples)):
        return None
    if np.ptp(samples[0]) == np.ptp(samples[1]) == 0:
        return 1.0 if samples[0][0] == samples[1][0] else 0.0
    return adjusted(float(stats.ttest_ind(*samples, equal_var=False).pvalue), comparisons)


def adjusted(p: float, comparisons: int) -> float:
    """The p-value of one comparison of several, after Šidák; at `LEVEL` where p is at its own."""
    if p >= 1:
        return 1.0
    return -math.expm1(max(1, comparisons) * math.log1p(-p))


def _finite(logs: Floats) -> bool:
    return bool(np.isfinite(logs).all())
