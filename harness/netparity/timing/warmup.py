"""The end of the warm-up, detected in the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netparity.timing.robust import median_absolute_deviation

_LEAST_VALUES = 5
_DEVIATIONS = 8.0
_LEAST_SHARE = 0.03
_FALL_SHARE = 0.1
_FALL_P = 0.005


def steady(values: Sequence[float]) -> Sequence[float]:
    """The values after the warm-up; all of them if the warm-up does not end."""
    return values[warmup_length(values) or 0 :]


def warmup_length(values: Sequence[float]) -> int | None:
    """Number of leading values of one process that belong to the warm-up; None if it is not over.

    A value belongs to it if it exceeds the median of all later values by more than eight times
    their median absolute deviation and by more than 3 %. At most half of the values can be left
    out: if more would have to be, or if the rest still decreases, there is no steady state. Fewer
    than five values are not enough to tell, and none is left out.
    """
    if len(values) < _LEAST_VALUES:
        return 0
    seconds = np.asarray(values, dtype=np.float64)
    for start in range(len(seconds) // 2 + 1):
        later = seconds[start + 1 :]
        middle = np.median(later)
        deviation = median_absolute_deviation(later)
        excess = seconds[start] - middle
        if excess <= max(_DEVIATIONS * deviation, _LEAST_SHARE * middle):
            return None if _falls(seconds[start:]) else start
    return None


def _falls(seconds: npt.NDArray[np.float64]) -> bool:
    """Whether the values still decrease from call to call (Kendall's tau), by at least a tenth."""
    if seconds[-1] >= (1 - _FALL_SHARE) * seconds[0]:
        return False
    from scipy import stats

    tau = stats.kendalltau(np.arange(len(seconds)), seconds)
    return bool(tau.statistic < 0 and tau.pvalue < _FALL_P)
