"""Spread that a few outliers do not change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MAD_TO_SIGMA = 1.4826
"""1 / Φ⁻¹(3/4), the ratio of standard deviation to median absolute deviation of a normal
distribution (Rousseeuw and Croux, Alternatives to the Median Absolute Deviation, JASA 88, 1993)."""


def median_absolute_deviation(values: npt.NDArray[np.float64]) -> float:
    """Median absolute deviation of the values from their median; NaN if there are none."""
    return float(np.median(np.abs(values - np.median(values))))


def robust_sigma(values: npt.NDArray[np.float64]) -> float:
    """Estimate of a normal distribution's standard deviation."""
    return MAD_TO_SIGMA * median_absolute_deviation(values)
