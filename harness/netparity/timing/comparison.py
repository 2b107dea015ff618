"""Whether a runner is faster or slower than another: a permutation test and its verdict."""

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
    unpaired_ratio,
)

Word = Literal["faster", "slower", "no difference shown", "inconclusive"]
Floats = npt.NDArray[np.float64]

LEVEL = 0.05
"""Probability of at least one wrong `faster` or `slower` in a whole table."""
POWER = 0.8
_MOST_EXACT = 13
_RANDOM_FLIPS = 20_000
_MOST_DEALS = 50_000  # all of them, for up to nine processes of each runner


@dataclass(frozen=True)
class Comparison:
    """One runner against the base.

    Attributes:
        ratio: seconds divided by the base's; None if no round has both.
        p_value: of the test, corrected for the number of comparisons.
        least_difference: smallest relative difference that these rounds would have shown with a
            probability of 80 %.
        rounds_needed: fewest rounds with which the test can show a difference.
    """

    ratio: Ratio | None
    word: Word
    p_value: float | None
    least_difference: float | None
    rounds_needed: int


def compare_all(runners: Mapping[str, Processes], base: str | None) -> dict[str, Comparison]:
    """Compare every other runner with `base`, for one phase."""
    others = {label: processes for label, processes in runners.items() if label != base}
    against = runners.get(base, {}) if base is not None else {}
    p_values = {
        label: p_value(processes, against, len(others)) for label, processes in others.items()
    }
    tested = [label for label, p in p_values.items() if p is not None]
    corrected = dict(zip(tested, holm([p_values[label] or 0.0 for label in tested]), strict=True))
    needed = rounds_needed(len(others))
    return {
        label: Comparison(
            ratio=(measured := ratio(processes, against)),
            word=_word(measured, corrected.get(label)),
            p_value=corrected.get(label),
            least_difference=least_difference(log_ratios(processes, against), len(others)),
            rounds_needed=needed,
        )
        for label, processes in others.items()
    }


def compare_runs(
    later: Mapping[str, Processes], earlier: Mapping[str, Processes]
) -> dict[str, Comparison]:
    """Compare every runner of a run with that of the same label in another, for one phase."""
    common = [label for label in later if label in earlier]
    fewest = {label: min(len(later[label]), len(earlier[label])) for label in common}
    ratios = {label: unpaired_ratio(later[label], earlier[label]) for label in common}
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


def _word(measured: Ratio | None, p: float | None) -> Word:
    if measured is None or measured.interval is None or p is None:
        return "inconclusive"
    if p > LEVEL:
        return "no difference shown"
    if measured.interval.low <= 1 <= measured.interval.high:
        # Typical of two modes: one runner is always slower than both, but by an unknown amount.
        return "inconclusive"
    return "faster" if measured.value < 1 else "slower"


def p_value(processes: Processes, base: Processes, comparisons: int) -> float | None:
    """Two-sided p of a permutation test; None if the rounds are too few to reach the level.

    With enough rounds, the two processes of each round are exchanged (Fisher's test for paired
    samples), which drift does not affect. With fewer, all processes are exchanged: five rounds then
    suffice, and drift only makes the test more cautious, since each round has one process of each.
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
    """The fewest rounds with which the test can show a difference."""
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
    """The smallest relative difference that would have been shown with a probability of 80 %.

    This is the minimum detectable effect of a t test (H. Bloom, Evaluation Review 19, 1995) at the
    level of the strictest step of Holm's correction.
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
    """Share of all sign flips whose mean is at least as far from 0."""
    rounds = len(logs)
    if rounds <= _MOST_EXACT:
        signs = 1.0 - 2.0 * ((np.arange(2**rounds)[:, None] >> np.arange(rounds)) & 1)
        sums = np.abs(signs @ logs)
        return float(np.mean(sums >= abs(logs.sum()) * (1 - 1e-12)))
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(_RANDOM_FLIPS, rounds))
    extreme = np.count_nonzero(np.abs(signs @ logs) >= abs(logs.sum()) * (1 - 1e-12))
    # Never zero: the data themselves are one of the ways (Phipson and Smyth, 2010).
    return float((extreme + 1) / (_RANDOM_FLIPS + 1))


def _exchange(runner: Mapping[int, float], base: Mapping[int, float]) -> float:
    """The same for all ways to deal the processes of both runners into two groups."""
    from scipy import stats

    samples = (list(runner.values()), list(base.values()))
    result = stats.permutation_test(
        samples,
        lambda a, b, axis: np.mean(a, axis=axis) - np.mean(b, axis=axis),
        vectorized=True,
        n_resamples=_MOST_DEALS,
        random_state=0,
    )
    return float(result.pvalue)
