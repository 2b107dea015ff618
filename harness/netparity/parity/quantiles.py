"""Quantiles of differences in units in the last place, from a histogram.

The histogram is over the bits of |d| / ulp as a float32: exponent (8 bits) and the first 7 bits of
the mantissa. A bin is thus at most 2^-7 of its value wide at every magnitude, and counting takes
one pass where sorting would take many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BINS = 2**15

_DROPPED_BITS = 16
_INFINITE = 0x7F80
"""The bin of values beyond float32."""

Counts = npt.NDArray[np.intp]


def ulp_at(scale: float) -> float | None:
    """Spacing of float32 numbers at `scale`; None at 0 and beyond float32."""
    with np.errstate(all="ignore"):
        ulp = float(np.spacing(np.float32(scale)))
    return ulp if scale > 0 and np.isfinite(ulp) else None


def count_bins(values: npt.NDArray[np.float32], bins: Counts, histogram: Counts) -> None:
    """Add how often each bin occurs among `values` (none negative) to `histogram`.

    Args:
        values: any number of values.
        bins: scratch memory of the same size.
        histogram: BINS counts.
    """
    np.right_shift(values.view(np.uint32), _DROPPED_BITS, out=bins, casting="same_kind")
    histogram += np.bincount(bins, minlength=BINS)


def quantile(histogram: Counts, percent: int, largest: float) -> float:
    """The value of rank ceil(percent / 100 * count), NumPy's method `inverted_cdf`, to 0.4 %.

    The result is the middle of the bin, but at most `largest`. Values below 2^-133 count as zero.
    """
    used = np.flatnonzero(histogram)
    cumulative = np.cumsum(histogram[used])
    rank = -(-percent * int(cumulative[-1]) // 100)
    bin_ = int(used[np.searchsorted(cumulative, rank)])
    if bin_ == 0:
        return 0.0
    if bin_ == _INFINITE:
        return largest
    middle = np.uint32((bin_ << _DROPPED_BITS) + (1 << _DROPPED_BITS - 1))
    return min(largest, float(middle.view(np.float32)))
