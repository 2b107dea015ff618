"""Distances between two activations of one layer. `docs/parity.md` explains each metric."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.parity.blocks import sums_of
from netparity.parity.quantiles import quantile
from netparity.protocol import Metrics

Array = npt.NDArray[Any]

THREADS = 2
"""Threads for large arrays; no result depends on it."""

SPEARMAN_VALUES = 16384
"""Size of the sample for the rank correlation: its standard error is below 0.008."""

_SPEARMAN_SEED = 20180709


class Measured(Metrics):
    """The metrics that are stored, and what only the verdict needs.

    Attributes:
        nan_against: number of NaN in r.
        inf_against: number of infinite values in r.
        equal: x and r are the same bit for bit: -0 is not 0, and NaN have payloads. Arrays of
            different types are compared as float64.
        scale: root mean square of r, ||r|| / sqrt(n).
    """

    count: int
    nan_against: int = 0
    inf_against: int = 0
    equal: bool
    scale: float | None = None

    def stored(self) -> dict[str, Any]:
        """The fields of `Metrics`."""
        return {name: getattr(self, name) for name in Metrics.model_fields}


def measure(
    feature: npt.ArrayLike,
    against: npt.ArrayLike,
    *,
    output: bool = False,
    threads: int = THREADS,
) -> Measured:
    """Compare two arrays value by value, in float64; nothing is sorted, cut or averaged first.

    Args:
        feature: x, real numbers of any shape.
        against: r, of the same shape.
        output: whether this is a network's output, N x classes, whose classes are compared too.
        threads: maximum number of threads; small arrays use one.

    Raises:
        ValueError: if the shapes differ.
    """
    x, r = np.asarray(feature), np.asarray(against)
    if x.shape != r.shape:
        raise ValueError(f"shapes differ: {x.shape} and {r.shape}")
    shape, x, r = x.shape, x.reshape(-1), r.reshape(-1)
    sums = sums_of(x, r, threads) if x.size else None
    if sums is None:
        return Measured(
            count=x.size,
            nan=int(np.count_nonzero(np.isnan(x))),
            inf=int(np.count_nonzero(np.isinf(x))),
            nan_against=int(np.count_nonzero(np.isnan(r))),
            inf_against=int(np.count_nonzero(np.isinf(r))),
            equal=_same_bits(x, r),
            relative_l2=None,
            max_abs=None,
            cosine_distance=None,
        )
    signal, noise = sums.norm_r, sums.norm_d
    ulp_100 = sums.max_abs / sums.ulp if sums.ulp else None
    at = np.unravel_index(sums.max_abs_at, shape)
    with np.errstate(all="ignore"):  # a distance or a ratio beyond float64 is infinite
        relative_l2 = float(np.divide(noise, signal)) if signal > 0 else None
        snr_db = (
            float(20 * np.log10(np.divide(signal, noise))) if signal > 0 and noise > 0 else None
        )
    return Measured(
        count=x.size,
        equal=sums.max_abs == 0 and _same_bits(x, r),
        scale=sums.scale,
        relative_l2=relative_l2,
        rms=noise / math.sqrt(x.size),
        max_abs=sums.max_abs,
        max_abs_at=tuple(map(int, at)) if sums.max_abs > 0 else None,
        max_relative=sums.max_relative if signal > 0 else None,
        ulp_50=quantile(sums.histogram, 50, ulp_100) if ulp_100 is not None else None,
        ulp_99=quantile(sums.histogram, 99, ulp_100) if ulp_100 is not None else None,
        ulp_100=ulp_100,
        snr_db=snr_db,
        cosine_distance=sums.cosine_distance,
        spearman=_spearman(x, r),
        sign_flips=sums.sign_flips / x.size,
        relu_flips=sums.relu_flips / x.size,
        top1=top_k_agreement(x.reshape(shape), r.reshape(shape), 1) if output else None,
        top5=top_k_agreement(x.reshape(shape), r.reshape(shape), 5) if output else None,
    )


def top_k_agreement(feature: npt.ArrayLike, against: npt.ArrayLike, k: int) -> float | None:
    """Mean share of the k largest values of each row that both arrays have at the same indices.

    Of equal values, the one with the lower index counts as larger. None unless both arrays are
    N x K with N > 0 and K > k: where every class is among the top k, agreement shows nothing.

    Args:
        feature: N x classes, without NaN.
        against: N x classes.
        k: 1 for the share of images with the same top class.
    """
    x, r = np.asarray(feature), np.asarray(against)
    if x.ndim != 2 or x.shape != r.shape or len(x) == 0 or x.shape[1] <= k:
        return None
    first = [np.argsort(-a.astype(np.float64), axis=1, kind="stable")[:, :k] for a in (x, r)]
    return float(np.mean([np.isin(*rows).mean() for rows in zip(*first, strict=True)]))


def _same_bits(x: Array, r: Array) -> bool:
    if x.dtype != r.dtype or x.itemsize > 8:
        x, r = x.astype(np.float64), r.astype(np.float64)
    bits = f"u{x.itemsize}"
    return bool(np.array_equal(x.view(bits), r.view(bits)))


def _spearman(x: Array, r: Array) -> float | None:
    if x.size > SPEARMAN_VALUES:
        sample = _sample(x.size)
        x, r = x[sample], r[sample]
    if (x == x[0]).all() or (r == r[0]).all():
        return None
    return float(np.corrcoef(_ranks(x), _ranks(r))[0, 1])


def _ranks(x: Array) -> npt.NDArray[np.float64]:
    """The rank of each value; equal values share the mean of theirs.

    scipy.stats has this, too, and takes longer to import than the rest of netparity.
    """
    _, places, counts = np.unique(x, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(ranks[places], np.float64)


@lru_cache(maxsize=32)
def _sample(size: int) -> npt.NDArray[np.intp]:
    """Positions of the sample in an array of `size` values."""
    positions = np.random.default_rng(_SPEARMAN_SEED).choice(size, SPEARMAN_VALUES, replace=False)
    positions.sort()
    return np.asarray(positions, np.intp)
