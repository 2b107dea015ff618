"""Methods of estimation that `benchmarks/coverage.py` compares.

An estimate is made per round and pair of runners; an interval is made from these estimates for all
pairs of a table. Arrays: seconds as in `timing_noise`, estimates runs x pairs x rounds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from benchmarks.timing_noise import Floats
from netparity.timing.comparison import single_level
from netparity.timing.pairs import TRIMMED

Estimate = Callable[[Floats], Floats]
Intervals = Callable[[Floats], tuple[Floats, Floats]]


def medians(seconds: Floats) -> Floats:
    """Ratio of the medians of all values of the two processes."""
    values = seconds.reshape(*seconds.shape[:3], -1)
    return _pairs(np.median(values, axis=3))


def turns_mean(seconds: Floats) -> Floats:
    """Mean over the turns of the ratio of two blocks' medians."""
    return _pairs(np.median(seconds, axis=4)).mean(axis=3)


def turns_trimmed(seconds: Floats) -> Floats:
    """The same without the lowest and highest fifth of the turns (`timing.pairs`)."""
    made: Floats = stats.trim_mean(_pairs(np.median(seconds, axis=4)), TRIMMED, axis=3)
    return made


def turns_hodges_lehmann(seconds: Floats) -> Floats:
    """Median of the means of all pairs of turns."""
    blocks = _pairs(np.median(seconds, axis=4))
    first, second = np.triu_indices(blocks.shape[3])
    made: Floats = np.median((blocks[..., first] + blocks[..., second]) / 2, axis=3)
    return made


def _pairs(logs: Floats) -> Floats:
    """Every runner but the first against the first."""
    return logs[:, 1:] - logs[:, :1]


def by_t(logs: Floats) -> tuple[Floats, Floats]:
    """Student's t for each pair, adjusted for their number (Šidák)."""
    _, pairs, rounds = logs.shape
    critical = stats.t.ppf(1 - single_level(pairs) / 2, rounds - 1)
    return _around(logs, critical * stats.sem(logs, axis=2))


def by_dunnett(logs: Floats) -> tuple[Floats, Floats]:
    """The same with critical values of Dunnett's kind: equal variances of all runners assumed."""
    _, pairs, rounds = logs.shape
    critical = _dunnett_separate(pairs, rounds)
    return _around(logs, critical * stats.sem(logs, axis=2))


def by_pooled(logs: Floats) -> tuple[Floats, Floats]:
    """One variance of all runners, from the residuals of rounds and runners (a mixed model)."""
    _, pairs, rounds = logs.shape
    table = np.concatenate([np.zeros_like(logs[:, :1]), logs], axis=1)
    rest = table - table.mean(axis=1, keepdims=True)
    rest = rest - rest.mean(axis=2, keepdims=True)
    degrees = pairs * (rounds - 1)
    variance = (rest**2).sum(axis=(1, 2)) / degrees
    critical = stats.t.ppf(1 - single_level(pairs) / 2, degrees)
    return _around(logs, critical * np.sqrt(2 * variance / rounds)[:, None])


def by_moderated(logs: Floats) -> tuple[Floats, Floats]:
    """Each pair's variance drawn towards the mean of all, as if by four rounds (G. Smyth, 2004)."""
    _, pairs, rounds = logs.shape
    if pairs == 1:
        return by_t(logs)
    own, prior = logs.var(axis=2, ddof=1), 4
    variance = prior * own.mean(axis=1, keepdims=True) + (rounds - 1) * own
    variance = variance / (prior + rounds - 1)
    critical = stats.t.ppf(1 - single_level(pairs) / 2, prior + rounds - 1)
    return _around(logs, critical * np.sqrt(variance / rounds))


def by_signed_ranks(logs: Floats) -> tuple[Floats, Floats]:
    """Hodges-Lehmann: ordered means of pairs of rounds; without bounds where rounds are too few."""
    _, pairs, rounds = logs.shape
    first, second = np.triu_indices(rounds)
    walsh = np.sort((logs[..., first] + logs[..., second]) / 2, axis=2)
    left_out = _least_rank(rounds, single_level(pairs))
    if left_out is None:
        return np.full(logs.shape[:2], -np.inf), np.full(logs.shape[:2], np.inf)
    return walsh[..., left_out], walsh[..., -1 - left_out]


def by_sign_flips(logs: Floats) -> tuple[Floats, Floats]:
    """Half-width from the largest t of the table under all flips of signs (Westfall and Young)."""
    rounds = logs.shape[2]
    codes = np.arange(2 ** (rounds - 1))[:, None]
    signs = 1.0 - 2.0 * ((codes >> np.arange(rounds)) & 1)
    centred = logs - logs.mean(axis=2, keepdims=True)
    means = np.einsum("kpr,sr->kps", centred, signs) / rounds
    squares = (centred**2).sum(axis=2)[..., None]
    variance = np.maximum((squares - rounds * means**2) / (rounds - 1), 1e-18)
    largest = (np.abs(means) / np.sqrt(variance / rounds)).max(axis=1)
    critical = np.quantile(largest, 0.95, axis=1)
    return _around(logs, critical[:, None] * stats.sem(logs, axis=2))


ESTIMATES: dict[str, Estimate] = {
    "medians": medians,
    "turns, mean": turns_mean,
    "turns, trimmed": turns_trimmed,
    "turns, HL": turns_hodges_lehmann,
}
INTERVALS: dict[str, Intervals] = {
    "t, Šidák": by_t,
    "t, Dunnett": by_dunnett,
    "pooled": by_pooled,
    "moderated": by_moderated,
    "HL": by_signed_ranks,
    "max-t flips": by_sign_flips,
}


def _around(logs: Floats, half: Floats) -> tuple[Floats, Floats]:
    middle = logs.mean(axis=2)
    return middle - half, middle + half


def _dunnett_separate(pairs: int, rounds: int) -> float:
    """95 % quantile of the largest |t| of pairs that share a base, simulated."""
    random = np.random.default_rng(0)
    noise = random.normal(0, 1, (20_000, pairs + 1, rounds))
    logs = _pairs(noise)
    return float(np.quantile(np.abs(logs.mean(axis=2) / stats.sem(logs, axis=2)).max(axis=1), 0.95))


def _least_rank(rounds: int, level: float) -> int | None:
    """How many of the ordered means are left out at each end; None if none may be."""
    counts = np.zeros(rounds * (rounds + 1) // 2 + 1)
    counts[0] = 1
    for rank in range(1, rounds + 1):
        counts[rank:] = counts[rank:] + counts[: len(counts) - rank].copy()
    tail = np.cumsum(counts) / 2.0**rounds
    within = np.flatnonzero(tail <= level / 2)
    return int(within[-1]) if len(within) else None
