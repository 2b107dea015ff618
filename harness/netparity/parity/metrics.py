"""How far two activations of one layer are apart. `docs/parity.md` says what each number shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.parity.blocks import sums_of
from netparity.parity.quantiles import quantile

Array = npt.NDArray[Any]

THREADS = 2
"""Threads for large arrays; no result depends on it."""

SPEARMAN_VALUES = 16384
"""Rank correlation is that of at most so many values: its standard error is below 0.008."""

_SPEARMAN_SEED = 20180709


@dataclass(frozen=True)
class Metrics:
    """Distances between a feature x and what it is judged against, r, over all n values.

    None where a value is undefined, never zero in its place. If one value of x or r is NaN or
    infinite, or if there is none at all, everything after `equal` is None.

    Attributes:
        count: n.
        nan: number of NaN in x.
        inf: number of infinite values in x.
        nan_against: number of NaN in r.
        inf_against: number of infinite values in r.
        equal: x and r are the same bit for bit: -0 is not 0, and NaN have payloads. Arrays of
            different types are compared as float64.
        scale: root mean square of r, ||r|| / sqrt(n).
        relative_l2: ||x - r|| / ||r||, Euclidean norms; None if r is zero. Infinite if the ratio
            is beyond float64.
        rms: root mean square of the differences, ||x - r|| / sqrt(n).
        max_abs: largest |x - r|.
        max_abs_at: first index of it; None if nothing differs.
        max_relative: largest |x - r| / |r| over the values with |r| >= 2^-10 scale. Below that a
            value is what a layer's sums left over on cancelling, and its relative error is
            rounding divided by almost nothing. None if r is zero.
        ulp_50: median of |x - r| in units in the last place: the spacing of float32 numbers at
            `scale` (one unit for the whole layer, as its values come from sums of that order).
            From a histogram, to 0.4 %. None if r is zero or `scale` beyond float32.
        ulp_99: 99 % quantile of the same, to 0.4 %.
        ulp_100: the largest, exact.
        snr_db: signal to noise ratio, 10 log10(||r||^2 / ||x - r||^2), in decibels; None if there
            is no noise (it would be infinite) or no signal.
        cosine_distance: 1 - x.r / (||x|| ||r||), 0 to 2, computed as ||x/||x|| - r/||r|| ||^2 / 2,
            which does not cancel when x and r are nearly parallel (the angle's formula in
            W. Kahan, Computing Cross-Products and Rotations in 2- and 3-Dimensional Euclidean
            Spaces, section 13).
            None if x or r is zero.
        spearman: Spearman's rank correlation, -1 to 1, ties at their mean rank. Of more than
            16384 values as many are drawn, without repetition, the same for every array of that
            size. None if the values drawn are constant in x or r.
        sign_flips: share of the n values that are positive on one side and negative on the other.
        relu_flips: share of the n values that are zero on exactly one side.
        top1: share of images whose largest value is at the same place; None unless asked for.
        top5: mean share of the five largest that are the same; None unless asked for.
    """

    count: int
    nan: int
    inf: int
    nan_against: int
    inf_against: int
    equal: bool
    scale: float | None = None
    relative_l2: float | None = None
    rms: float | None = None
    max_abs: float | None = None
    max_abs_at: tuple[int, ...] | None = None
    max_relative: float | None = None
    ulp_50: float | None = None
    ulp_99: float | None = None
    ulp_100: float | None = None
    snr_db: float | None = None
    cosine_distance: float | None = None
    spearman: float | None = None
    sign_flips: float | None = None
    relu_flips: float | None = None
    top1: float | None = None
    top5: float | None = None


def measure(
    feature: npt.ArrayLike,
    against: npt.ArrayLike,
    *,
    output: bool = False,
    threads: int = THREADS,
) -> Metrics:
    """Compare two arrays value by value, in float64; nothing is sorted, cut or averaged first.

    Args:
        feature: x, real numbers of any shape.
        against: r, of the same shape.
        output: whether this is a network's output, N x classes, to compare the classes too.
        threads: how many to use at most; small arrays take one.

    Raises:
        ValueError: if the shapes differ.
    """
    x, r = np.asarray(feature), np.asarray(against)
    if x.shape != r.shape:
        raise ValueError(f"shapes differ: {x.shape} and {r.shape}")
    shape, x, r = x.shape, x.reshape(-1), r.reshape(-1)
    sums = sums_of(x, r, threads) if x.size else None
    if sums is None:
        return Metrics(
            count=x.size,
            nan=int(np.count_nonzero(np.isnan(x))),
            inf=int(np.count_nonzero(np.isinf(x))),
            nan_against=int(np.count_nonzero(np.isnan(r))),
            inf_against=int(np.count_nonzero(np.isinf(r))),
            equal=_same_bits(x, r),
        )
    # NumPy's scalars, which may be wider than float64, up to the last step.
    norm_x, norm_r = np.sqrt(sums.squares_x), np.sqrt(sums.squares_r)
    noise, root = np.sqrt(sums.squares_d), math.sqrt(x.size)
    ulp_100 = _float64(sums.max_abs / sums.ulp) if sums.ulp else None
    at = np.unravel_index(sums.max_abs_at, shape)
    return Metrics(
        count=x.size,
        nan=0,
        inf=0,
        nan_against=0,
        inf_against=0,
        equal=bool(sums.max_abs == 0) and _same_bits(x, r),
        scale=_float64(norm_r / root),
        relative_l2=_float64(noise / norm_r) if norm_r > 0 else None,
        rms=_float64(noise / root),
        max_abs=_float64(sums.max_abs),
        max_abs_at=tuple(map(int, at)) if sums.max_abs > 0 else None,
        max_relative=_float64(sums.max_relative) if norm_r > 0 else None,
        ulp_50=quantile(sums.histogram, 50, ulp_100) if ulp_100 is not None else None,
        ulp_99=quantile(sums.histogram, 99, ulp_100) if ulp_100 is not None else None,
        ulp_100=ulp_100,
        snr_db=float(20 * np.log10(norm_r / noise)) if norm_r > 0 and noise > 0 else None,
        # `turned` is in units of r: the vector x was stretched to r's length.
        cosine_distance=(
            float(sums.turned / sums.squares_r / 2) if norm_x > 0 and norm_r > 0 else None
        ),
        spearman=_spearman(x, r),
        sign_flips=sums.sign_flips / x.size,
        relu_flips=sums.relu_flips / x.size,
        top1=top_k_agreement(x.reshape(shape), r.reshape(shape), 1) if output else None,
        top5=top_k_agreement(x.reshape(shape), r.reshape(shape), 5) if output else None,
    )


def top_k_agreement(feature: npt.ArrayLike, against: npt.ArrayLike, k: int) -> float | None:
    """Mean share of the k largest values of each row that both arrays have at the same places.

    Of equal values the one further left counts as larger. None unless both are N x K with N > 0
    and K > k: where every class is among the first k, agreement shows nothing.

    Args:
        feature: N x classes, of numbers that are not NaN.
        against: N x classes.
        k: 1 for the share of images with the same top class.
    """
    x, r = np.asarray(feature), np.asarray(against)
    if x.ndim != 2 or x.shape != r.shape or len(x) == 0 or x.shape[1] <= k:
        return None
    first = [np.argsort(-a.astype(np.float64), axis=1, kind="stable")[:, :k] for a in (x, r)]
    return float(np.mean([np.isin(*rows).mean() for rows in zip(*first, strict=True)]))


def _float64(value: np.floating) -> float:
    """As Python's float; infinite where it is too large for one."""
    with np.errstate(over="ignore"):
        return float(value)


def _same_bits(x: Array, r: Array) -> bool:
    if x.dtype != r.dtype or x.itemsize > 8:
        x, r = x.astype(np.float64), r.astype(np.float64)
    bits = f"u{x.itemsize}"
    return bool(np.array_equal(x.view(bits), r.view(bits)))


def _spearman(x: Array, r: Array) -> float | None:
    from scipy.stats import rankdata  # takes longer to import than the rest of netparity

    if x.size > SPEARMAN_VALUES:
        drawn = _positions(x.size)
        x, r = x[drawn], r[drawn]
    if (x == x[0]).all() or (r == r[0]).all():
        return None
    return float(np.corrcoef(rankdata(np.stack([x, r]), axis=1))[0, 1])


@lru_cache(maxsize=32)
def _positions(size: int) -> npt.NDArray[np.intp]:
    drawn = np.random.default_rng(_SPEARMAN_SEED).choice(size, SPEARMAN_VALUES, replace=False)
    drawn.sort()
    return np.asarray(drawn, np.intp)
