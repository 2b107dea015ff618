"""Seconds and ratios with 95 % intervals. The process is the unit of replication.

The values within a process are summarised by their median; all statistics are computed between
processes, on the logarithms of these medians: another process adds information, another value of
the same process hardly does. `docs/decisions/0004` and `0011` show the coverage of this and other
methods.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netparity.timing.nodes import Floats, Nodes, node_means
from netparity.timing.robust import median_absolute_deviation, robust_sigma
from netparity.timing.warmup import steady

CONFIDENCE = 0.95
_OUTLIER_DEVIATIONS = 3.5
_MOST_LOG = 700.0

Processes = Mapping[int, Sequence[float]]
"""Raw seconds of one phase, by round; one process per round."""


@dataclass(frozen=True)
class Interval:
    """A confidence interval, both ends included; at 95 % unless it says otherwise."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half-width relative to the middle; the interval is symmetric in the logarithm."""
        if self.low <= 0:
            return math.inf
        return math.sqrt(self.high / self.low) - 1


@dataclass(frozen=True)
class Estimate:
    """One phase of one runner; seconds.

    Attributes:
        seconds: geometric mean of the processes' medians; on several nodes, of the nodes' means.
        interval: its 95 % interval; None for a single process.
        processes: number of processes.
        mad: median absolute deviation of all values from their median.
        quantiles: 5, 25, 75 and 95 % quantiles of all values.
        outliers: marked values, by round and index; they are not excluded.
    """

    seconds: float
    interval: Interval | None
    processes: int
    mad: float
    quantiles: tuple[float, float, float, float]
    outliers: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Ratio:
    """Seconds of one runner divided by those of another, from the rounds that both have."""

    value: float
    interval: Interval | None
    rounds: int


def estimate(processes: Processes, nodes: Nodes | None = None) -> Estimate:
    """Estimate the seconds of one phase of one runner.

    Args:
        nodes: of the rounds of a run on a cluster. With several, the node is the unit.

    Raises:
        ValueError: if there are no values, or any is negative or not finite.
    """
    values = np.concatenate([np.empty(0), *map(np.asarray, processes.values())]).astype(float)
    if values.size == 0 or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("expected one or more seconds, all of them finite numbers of at least 0")
    by_round = log_medians(processes)
    logs = np.array(list(by_round.values()))
    at = [(nodes or {}).get(number) for number in by_round]
    seconds, interval = mean_of_logs(node_means(logs, at))
    quantiles = np.quantile(values, [0.05, 0.25, 0.75, 0.95])
    return Estimate(
        seconds=seconds,
        interval=interval,
        processes=len(logs),
        mad=median_absolute_deviation(values),
        quantiles=(*map(float, quantiles),),  # type: ignore[arg-type]
        outliers=_outliers(processes),
    )


def unpaired_ratio(
    processes: Processes, base: Processes, level: float = 1 - CONFIDENCE
) -> Ratio | None:
    """The ratio for processes that share no rounds, such as those of two runs.

    The interval is Welch's, on the logarithms; it misses the true ratio with the probability
    `level`. None if one of them has no process, or a median is zero.
    """
    from scipy import stats

    logs = np.array(list(log_medians(processes).values()))
    base_logs = np.array(list(log_medians(base).values()))
    fewest = min(len(logs), len(base_logs))
    if fewest == 0 or not (np.isfinite(logs).all() and np.isfinite(base_logs).all()):
        return None
    value = float(np.exp(logs.mean() - base_logs.mean()))
    if fewest < 2:
        return Ratio(value, None, fewest)
    if np.ptp(logs) == np.ptp(base_logs) == 0:
        return Ratio(value, Interval(value, value), fewest)
    welch = stats.ttest_ind(logs, base_logs, equal_var=False).confidence_interval(1 - level)
    return Ratio(value, Interval(_exp(float(welch.low)), _exp(float(welch.high))), fewest)


def ends(interval: Interval | None) -> tuple[float, float] | None:
    """Both ends of an interval; None if there is no interval."""
    return (interval.low, interval.high) if interval is not None else None


def log_medians(processes: Processes) -> dict[int, float]:
    """Natural logarithm of each process's median, by round; -inf for a median of 0."""
    with np.errstate(divide="ignore"):
        return {
            number: float(np.log(np.median(steady(values))))
            for number, values in processes.items()
            if len(values)
        }


def mean_of_logs(logs: Floats, level: float = 1 - CONFIDENCE) -> tuple[float, Interval | None]:
    """Geometric mean, and Student's t interval on the logarithms.

    The interval misses the true mean with the probability `level`; None for a single value.
    """
    from scipy import stats

    middle = float(np.mean(logs))
    if len(logs) < 2 or not np.isfinite(logs).all():
        return float(np.exp(middle)), None
    half = float(stats.t.ppf(1 - level / 2, len(logs) - 1) * stats.sem(logs))
    return math.exp(middle), Interval(_exp(middle - half), _exp(middle + half))


def _exp(log: float) -> float:
    """Exponential, cut off where it would leave the range of floats."""
    return math.exp(max(-_MOST_LOG, min(_MOST_LOG, log)))


def _outliers(processes: Processes) -> tuple[tuple[int, int], ...]:
    """Values whose logarithm is more than 3.5 robust deviations from its process's median.

    Rule and constant: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
    """
    found = []
    for number, values in processes.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.asarray(values, dtype=np.float64))
            sigma = robust_sigma(logs) if len(logs) else 0.0
            if sigma > 0:
                deviations = np.abs(logs - np.median(logs))
                marked = np.flatnonzero(deviations > _OUTLIER_DEVIATIONS * sigma)
                found += [(number, int(index)) for index in marked]
    return tuple(found)
