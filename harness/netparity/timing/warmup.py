"""Where the warm-up ends, found in the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_LEAST_VALUES = 5
_DEVIATIONS = 8.0
_LEAST_SHARE = 0.03
_FALL_SHARE = 0.1
_FALL_P = 0.005


def steady(values: Sequence[float]) -> Sequence[float]:
    """The values after the warm-up. All of them where no end of it is in sight."""
    left_out = warmup_length(values)
    return values[left_out or 0 :]


def warmup_length(values: Sequence[float]) -> int | None:
    """How many leading values of one process belong to the warm-up; None if it is not over.

    A value does where it is slower than the median of all that follow by more than eight times
    their median absolute deviation and by more than 3 %. At most half of the values can be left
    out: where more would have to be, or where the rest still falls, there is no steady state to
    speak of. Fewer than five values tell nothing.
    """
    if len(values) < _LEAST_VALUES:
        return 0
    seconds = np.asarray(values, dtype=np.float64)
    for start in range(len(seconds) // 2 + 1):
        later = seconds[start + 1 :]
        middle = np.median(later)
        away = np.median(np.abs(later - middle))
        excess = seconds[start] - middle
        if excess <= max(_DEVIATIONS * away, _LEAST_SHARE * middle):
            return None if _falls(seconds[start:]) else start
    return None


def _falls(seconds: npt.NDArray[np.float64]) -> bool:
    """Whether the values still become shorter from call to call (Kendall's tau), by a tenth."""
    if seconds[-1] >= (1 - _FALL_SHARE) * seconds[0]:
        return False
    from scipy import stats

    tau = stats.kendalltau(np.arange(len(seconds)), seconds)
    return bool(tau.statistic < 0 and tau.pvalue < _FALL_P)
