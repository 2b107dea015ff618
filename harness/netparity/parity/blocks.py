"""The sums behind the metrics, taken block by block on a few threads.

The arrays are read twice in blocks that stay in cache: once for the two norms, once for everything
that needs them. A block's sums do not depend on the thread that computes them, and they are added
in block order, so the result is the same to the last bit for any number of threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.parity.quantiles import BINS, count_bins, ulp_at

Flat = npt.NDArray[Any]
Reals = npt.NDArray[np.float64]
Parts = tuple[Any, ...]

BLOCK = 131072
"""Values per block, 6 MB of scratch memory per thread. One thread is slightly faster with half as
many; two threads would then wait for the interpreter lock more often."""

MAX_RELATIVE_FLOOR = 2.0**-10
"""Relative differences count where |r| is at least this share of the layer's scale."""

_SAFE = 2.0**-800
"""A sum of squares above this lost nothing relevant to underflow."""


@dataclass(frozen=True)
class Sums:
    """What both passes found out about x and r; d = x - r.

    Attributes:
        norm_x: ||x||, Euclidean.
        norm_r: ||r||.
        norm_d: ||d||; infinite beyond float64.
        cosine_distance: ||x/||x|| - r/||r|| ||^2 / 2; None if x or r is zero.
        max_abs: largest |d|.
        max_abs_at: first position of it.
        max_relative: largest |d| / |r| where |r| >= MAX_RELATIVE_FLOOR * scale.
        sign_flips: number of values of opposite sign.
        relu_flips: number of values that are zero in exactly one array.
        scale: root mean square of r.
        ulp: spacing of float32 numbers at `scale`; None at 0 and beyond float32.
        histogram: how often |d| / ulp falls into each bin of `quantiles.py`.
    """

    norm_x: float
    norm_r: float
    norm_d: float
    cosine_distance: float | None
    max_abs: float
    max_abs_at: int
    max_relative: float
    sign_flips: int
    relu_flips: int
    scale: float
    ulp: float | None
    histogram: npt.NDArray[np.intp]


@np.errstate(all="ignore")  # overflow and underflow are handled below
def sums_of(x: Flat, r: Flat, threads: int) -> Sums | None:
    """Compare two flat arrays of one length > 0; None if a value is not finite."""
    workers = max(1, min(threads, x.size // (2 * BLOCK)))
    scratch = [_Scratch(min(x.size, BLOCK)) for _ in range(workers)]
    squares_x, squares_r = np.array(_each(_squares, x, r, scratch)).T.copy().sum(axis=1)
    if not (np.isfinite(squares_x + squares_r) or (np.isfinite(x).all() and np.isfinite(r).all())):
        return None

    norm_x, norm_r = _norm(squares_x, x), _norm(squares_r, r)
    scale = norm_r / x.size**0.5
    ulp = ulp_at(scale)
    differences = partial(
        _differences,
        factor=np.divide(norm_r, norm_x),
        floor=scale * MAX_RELATIVE_FLOOR,
        per_ulp=1 / (ulp or 1.0),  # without a unit, the histogram is not used
    )
    parts: Reals = np.array(_each(differences, x, r, scratch)).T.copy()
    squares_d, turned, sign_flips, relu_flips = parts[:4].sum(axis=1)
    max_abs, max_relative = parts[4:].max(axis=1)
    start = int(parts[4].argmax()) * BLOCK
    block = slice(start, start + BLOCK)
    block_d = np.abs(x[block].astype(np.float64) - r[block].astype(np.float64))
    cosine_distance = None
    if norm_x > 0 and norm_r > 0:
        # `turned` is in units of r: x was stretched to the length of r.
        cosine_distance = float(turned / squares_r / 2)
        if not (_is_safe(squares_x) and _is_safe(squares_r)):
            cosine_distance = float(np.linalg.norm(x / norm_x - r / norm_r) ** 2 / 2)
    return Sums(
        norm_x=norm_x,
        norm_r=norm_r,
        norm_d=_norm(squares_d, x, r) if max_abs > 0 else 0.0,
        cosine_distance=cosine_distance,
        max_abs=float(max_abs),
        max_abs_at=start + int(block_d.argmax()),
        max_relative=float(max_relative),
        sign_flips=int(sign_flips),
        relu_flips=int(relu_flips),
        scale=scale,
        ulp=ulp,
        histogram=np.sum([memory.histogram for memory in scratch], axis=0),
    )


def _is_safe(squares: np.floating) -> bool:
    """Whether a sum of squares neither overflowed nor underflowed in float64."""
    return bool(_SAFE < squares < np.inf)


def _norm(squares: np.floating, x: Flat, minus: Flat | None = None) -> float:
    """The root of a sum of squares of x, or of x - minus.

    Squares of float32 values stay within float64. For float64 values beyond 1e154 or below 1e-120
    they may not: the norm is then computed again in units of the largest value.
    """
    if _is_safe(squares):
        return float(np.sqrt(squares))
    values = x.astype(np.float64)
    if minus is not None:
        values = values - minus.astype(np.float64)
    exponent = np.frexp(np.abs(values).max())[1]
    return float(np.ldexp(np.linalg.norm(np.ldexp(values, -exponent)), exponent))


class _Scratch:
    """Memory that one thread reuses for every block."""

    def __init__(self, size: int) -> None:
        self.reals: Reals = np.empty((4, size))
        self.singles = np.empty(size, np.float32)
        self.bins = np.empty(size, np.intp)
        self.flags = np.empty((4, size), bool)
        self.histogram = np.zeros(BINS, np.intp)


_Task = Callable[[Flat, Flat, _Scratch], Parts]


def _each(task: _Task, x: Flat, r: Flat, scratch: list[_Scratch]) -> list[Parts]:
    """The result of `task` for each block, in order; one thread for each scratch memory."""
    starts = deque(range(0, x.size, BLOCK))
    results: list[Parts] = [()] * len(starts)

    def work(memory: _Scratch) -> None:
        with np.errstate(all="ignore"):  # applies to one thread only
            while True:
                try:
                    start = starts.popleft()
                except IndexError:
                    return
                block = slice(start, start + BLOCK)
                results[start // BLOCK] = task(x[block], r[block], memory)

    if len(scratch) == 1:
        work(scratch[0])
    else:
        with ThreadPoolExecutor(len(scratch)) as pool:
            list(pool.map(work, scratch))
    return results


def _squares(x: Flat, r: Flat, memory: _Scratch) -> Parts:
    x_buffer, r_buffer, *_ = memory.reals[:, : x.size]
    return _sum_of_squares(_load(x, x_buffer)), _sum_of_squares(_load(r, r_buffer))


def _differences(
    x: Flat,
    r: Flat,
    memory: _Scratch,
    factor: np.floating,
    floor: float,
    per_ulp: float,
) -> Parts:
    """Sums of d^2 and of (factor x - r)^2, both kinds of flips, largest |d| and |d| / |r|."""
    size = x.size
    x_buffer, r_buffer, d, work = memory.reals[:, :size]
    x, r = _load(x, x_buffer), _load(r, r_buffer)

    np.subtract(x, r, out=d)
    squares = _sum_of_squares(d)
    np.abs(d, out=d)

    np.multiply(d, per_ulp, out=memory.singles[:size], casting="same_kind")
    count_bins(memory.singles[:size], memory.bins[:size], memory.histogram)

    np.multiply(x, factor, out=work)
    np.subtract(work, r, out=work)
    turned = _sum_of_squares(work)

    x_sign, r_sign, x_on, r_on = memory.flags[:, :size]
    np.abs(r, out=work)
    np.greater_equal(work, floor, out=x_on)
    np.maximum(work, floor, out=work)
    largest = d.max()
    # Times 0 where r is too small: writing under a mask takes several times as long.
    np.multiply(d, x_on, out=d)
    np.divide(d, work, out=work)

    np.greater(x, 0, out=x_sign)
    np.greater(r, 0, out=r_sign)
    np.not_equal(x, 0, out=x_on)
    np.not_equal(r, 0, out=r_on)
    np.not_equal(x_sign, r_sign, out=x_sign)
    np.logical_and(x_on, r_on, out=r_sign)
    np.logical_and(x_sign, r_sign, out=x_sign)
    np.not_equal(x_on, r_on, out=x_on)
    sign_flips, relu_flips = np.count_nonzero(x_sign), np.count_nonzero(x_on)
    return squares, turned, sign_flips, relu_flips, largest, work.max()


def _load(block: Flat, buffer: Reals) -> Flat:
    """The block in float64: the block itself, or a copy in the buffer."""
    if block.dtype == buffer.dtype:
        return block
    np.copyto(buffer, block, casting="same_kind")
    return buffer


def _sum_of_squares(values: Flat) -> np.floating:
    # Not np.dot: BLAS splits the sum by its own number of threads, which changes the last bits.
    total: np.floating = np.einsum("i,i->", values, values)
    return total
