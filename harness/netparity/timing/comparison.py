"""Faster or slower than another runner, or not shown: a permutation test and a word."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from netparity.timing.estimate import (
    Processes,
    Ratio,
    log_medians,
    log_ratios,
    ratio,
    ratio_of_others,
)

Word = Literal["faster", "slower", "no difference shown", "inconclusive"]
Floats = npt.NDArray[np.float64]

LEVEL = 0.05
"""Chance of one wrong `faster` or `slower` in a whole table."""
POWER = 0.8
_MOST_EXACT = 13
_RANDOM_FLIPS = 20_000
_MOST_DEALS = 50_000  # all of them, for up to nine processes of each


@dataclass(frozen=True)
class Comparison:
    """One runner against the base.

    Attributes:
        ratio: seconds over the base's; None where no round has both.
        p_value: of the test, corrected for the number of comparisons.
        least_difference: the smallest difference, relative, that these rounds would have shown in
            four cases of five.
        rounds_needed: with fewer, the test can show nothing.
    """

    ratio: Ratio | None
    word: Word
    p_value: float | None
    least_difference: float | None
    rounds_needed: int


def compare_all(runners: Mapping[str, Processes], base: str | None) -> dict[str, Comparison]:
    """Every other runner against the one called `base`, for one phase."""
    others = {label: each for label, each in runners.items() if label != base}
    against = runners.get(base, {}) if base is not None else {}
    p_values = {label: p_value(each, against, len(others)) for label, each in others.items()}
    tested = [label for label, p in p_values.items() if p is not None]
    corrected = dict(zip(tested, holm([p_values[label] or 0.0 for label in tested]), strict=True))
    needed = rounds_needed(len(others))
    return {
        label: Comparison(
            ratio=(found := ratio(each, against)),
            word=_word(found, corrected.get(label)),
            p_value=corrected.get(label),
            least_difference=least_difference(log_ratios(each, against), len(others)),
            rounds_needed=needed,
        )
        for label, each in others.items()
    }


def compare_runs(
    later: Mapping[str, Processes], earlier: Mapping[str, Processes]
) -> dict[str, Comparison]:
    """Every runner of a run against the runner of the same label in another, for one phase."""
    common = [label for label in later if label in earlier]
    fewest = {label: min(len(later[label]), len(earlier[label])) for label in common}
    ratios = {label: ratio_of_others(later[label], earlier[label]) for label in common}
    p_values = {
        label: _exchange(log_medians(later[label]), log_medians(earlier[label]))
        for label in common
        if ratios[label] is not None and _least_unpaired(fewest[label]) * len(common) <= LEVEL
    }
    corrected = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    needed = next(n for n in itertools.count(1) if _least_unpaired(n) * len(common) <= LEVEL)
    return {
        label: Comparison(
            ratio=ratios[label],
            word=_word(ratios[label], corrected.get(label)),
            p_value=corrected.get(label),
            least_difference=None,
            rounds_needed=needed,
        )
        for label in common
    }


def _word(found: Ratio | None, p: float | None) -> Word:
    if found is None or found.interval is None or p is None:
        return "inconclusive"
    if p > LEVEL:
        return "no difference shown"
    if found.interval.low <= 1 <= found.interval.high:
        # Two modes do that: the one is always longer than both, but nobody can say by how much.
        return "inconclusive"
    return "faster" if found.value < 1 else "slower"


def p_value(processes: Processes, base: Processes, comparisons: int) -> float | None:
    """Two-sided p of a permutation test; None if so few rounds cannot reach the level.

    Where there are rounds enough, the two processes of each round change places (Fisher's test for
    paired samples), which drift cannot disturb. Where there are not, all processes do: five rounds
    are enough then, and drift only makes it more cautious, since each round has one of both.
    """
    logs = log_ratios(processes, base)
    rounds = len(logs)
    if rounds == 0 or not np.isfinite(logs).all():
        return None
    if _least_paired(rounds) * comparisons <= LEVEL:
        return _flip_signs(logs)
    if _least_unpaired(rounds) * comparisons <= LEVEL:
        common = processes.keys() & base.keys()
        return _exchange(
            log_medians({number: processes[number] for number in common}),
            log_medians({number: base[number] for number in common}),
        )
    return None


def rounds_needed(comparisons: int) -> int:
    """How many rounds the test needs to be able to show anything."""
    rounds = 1
    while min(_least_paired(rounds), _least_unpaired(rounds)) * max(1, comparisons) > LEVEL:
        rounds += 1
    return rounds


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the same order (S. Holm, Scandinavian Journal of Statistics 6, 1979)."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def least_difference(logs: Floats, comparisons: int) -> float | None:
    """The smallest relative difference that would have been shown with a chance of 80 %.

    The minimum detectable effect of a t test (H. Bloom, Evaluation Review 19, 1995) at the level
    that the strictest step of Holm's correction asks for.
    """
    from scipy import stats

    rounds = len(logs)
    if rounds < 2 or not np.isfinite(logs).all():
        return None
    t = stats.t(rounds - 1)
    multiple = t.ppf(1 - LEVEL / 2 / max(1, comparisons)) + t.ppf(POWER)
    return float(math.expm1(multiple * stats.sem(logs)))


def _least_paired(rounds: int) -> float:
    return 2.0 ** (1 - rounds)


def _least_unpaired(rounds: int) -> float:
    return 2 / math.comb(2 * rounds, rounds)


def _flip_signs(logs: Floats) -> float:
    """Share of all ways to flip the signs that give a mean as far from 0."""
    rounds = len(logs)
    if rounds <= _MOST_EXACT:
        signs = 1.0 - 2.0 * ((np.arange(2**rounds)[:, None] >> np.arange(rounds)) & 1)
        sums = np.abs(signs @ logs)
        return float(np.mean(sums >= abs(logs.sum()) * (1 - 1e-12)))
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(_RANDOM_FLIPS, rounds))
    extreme = np.count_nonzero(np.abs(signs @ logs) >= abs(logs.sum()) * (1 - 1e-12))
    # Never zero: the data themselves are one of the ways (Phipson and Smyth, 2010).
    return float((extreme + 1) / (_RANDOM_FLIPS + 1))


def _exchange(ours: Mapping[int, float], theirs: Mapping[int, float]) -> float:
    """The same for all ways to deal the processes of both runners into two groups."""
    from scipy import stats

    samples = (list(ours.values()), list(theirs.values()))
    result = stats.permutation_test(
        samples,
        lambda a, b, axis: np.mean(a, axis=axis) - np.mean(b, axis=axis),
        vectorized=True,
        n_resamples=_MOST_DEALS,
        random_state=0,
    )
    return float(result.pvalue)
