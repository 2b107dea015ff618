"""Seconds and ratios with their 95 % intervals. The process is the unit of replication.

The values within a process are summarised by their median; everything else happens between the
processes, on the logarithms of these medians: one process more tells something new, one value more
of the same process hardly does. `docs/decisions/0004` has the coverage of this and other methods.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.timing.warmup import steady

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
_OUTLIER_DEVIATIONS = 3.5
# Of a normal distribution, standard deviation over median absolute deviation.
_NORMAL_MAD = 1.4826

Processes = Mapping[int, Sequence[float]]
"""Raw seconds of one phase by round, one process each."""


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, both ends included."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Relative to the middle; the interval is symmetric in the logarithm."""
        if self.low <= 0:
            return math.inf
        return math.sqrt(self.high / self.low) - 1


@dataclass(frozen=True)
class Estimate:
    """One phase of one runner; seconds.

    Attributes:
        seconds: geometric mean over the processes of their medians.
        interval: of that; None for a single process.
        processes: how many there are.
        mad: median absolute deviation of all values from their median.
        quantiles: 5, 25, 75 and 95 % of all values.
        outliers: values that are marked, by round and place; they take part all the same.
    """

    seconds: float
    interval: Interval | None
    processes: int
    mad: float
    quantiles: tuple[float, float, float, float]
    outliers: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Ratio:
    """Seconds of one runner over those of another, from the rounds that both have."""

    value: float
    interval: Interval | None
    rounds: int


def estimate(processes: Processes) -> Estimate:
    """What one phase of one runner takes.

    Raises:
        ValueError: if there is no value, or one is negative or not finite.
    """
    values = np.array([value for each in processes.values() for value in each], dtype=np.float64)
    if values.size == 0 or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("seconds must be finite numbers of at least 0, and at least one")
    logs = np.array(list(log_medians(processes).values()))
    seconds, interval = _mean_of_logs(logs)
    middle = np.median(values)
    quantiles = np.quantile(values, [0.05, 0.25, 0.75, 0.95])
    return Estimate(
        seconds=seconds,
        interval=interval,
        processes=len(logs),
        mad=float(np.median(np.abs(values - middle))),
        quantiles=(*map(float, quantiles),),  # type: ignore[arg-type]
        outliers=_outliers(processes),
    )


def ratio(processes: Processes, base: Processes) -> Ratio | None:
    """How much longer than `base`; None if no round has both, or a median is zero."""
    logs = log_ratios(processes, base)
    if len(logs) == 0 or not np.isfinite(logs).all():
        return None
    value, interval = _mean_of_logs(logs)
    return Ratio(value, interval, len(logs))


def ratio_of_others(processes: Processes, base: Processes) -> Ratio | None:
    """The same for processes that share no rounds, as those of two runs; None as above.

    The interval is Welch's, on the logarithms.
    """
    from scipy import stats

    ours = np.array(list(log_medians(processes).values()))
    theirs = np.array(list(log_medians(base).values()))
    fewest = min(len(ours), len(theirs))
    if fewest == 0 or not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return None
    value = float(np.exp(ours.mean() - theirs.mean()))
    if fewest < 2:
        return Ratio(value, None, fewest)
    if np.ptp(ours) == np.ptp(theirs) == 0:
        return Ratio(value, Interval(value, value), fewest)
    found = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(CONFIDENCE)
    return Ratio(value, Interval(float(np.exp(found.low)), float(np.exp(found.high))), fewest)


def ends(interval: Interval | None) -> tuple[float, float] | None:
    """Both ends of an interval, if there is one."""
    return (interval.low, interval.high) if interval is not None else None


def log_medians(processes: Processes) -> dict[int, float]:
    """Natural logarithm of each process's median, by round; minus infinity for a median of 0."""
    with np.errstate(divide="ignore"):
        return {
            number: float(np.log(np.median(steady(values))))
            for number, values in processes.items()
            if len(values)
        }


def log_ratios(processes: Processes, base: Processes) -> Floats:
    """Logarithm of the ratio in each round that both have, in the order of the rounds."""
    ours, theirs = log_medians(processes), log_medians(base)
    common = sorted(ours.keys() & theirs.keys())
    with np.errstate(invalid="ignore"):
        return np.array([np.subtract(ours[number], theirs[number]) for number in common])


def _mean_of_logs(logs: Floats) -> tuple[float, Interval | None]:
    """Geometric mean and the interval of Student's t on the logarithms."""
    from scipy import stats

    middle = float(np.exp(np.mean(logs)))
    if len(logs) < 2 or not np.isfinite(logs).all():
        return middle, None
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, len(logs) - 1) * stats.sem(logs))
    return middle, Interval(middle * math.exp(-half), middle * math.exp(half))


def _outliers(processes: Processes) -> tuple[tuple[int, int], ...]:
    """Values whose logarithm lies more than 3.5 robust deviations from its process's median.

    The rule and its constant: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
    """
    found = []
    for number, values in processes.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.asarray(values, dtype=np.float64))
            away = np.abs(logs - np.median(logs)) if len(logs) else logs
            scale = _NORMAL_MAD * np.median(away) if len(logs) else 0.0
            marked = away > _OUTLIER_DEVIATIONS * scale if scale > 0 else np.zeros(len(logs), bool)
        found += [(number, int(place)) for place in np.flatnonzero(marked)]
    return tuple(found)
