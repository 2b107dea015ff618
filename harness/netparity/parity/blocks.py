"""What the metrics sum over all values, block by block, on a few threads.

The arrays are read twice in blocks that stay in cache: once for the two norms, once for all that
needs them. A block's sums do not depend on the thread that computes them and are added in the
order of the blocks, so the result is the same to the last bit for any number of threads.
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
Reals = npt.NDArray[np.floating]
Parts = tuple[Any, ...]

BLOCK = 131072
"""Values per block, 6 MB of scratch memory per thread. One thread is a little quicker with half as
many; two would wait for each other's Python more often."""

MAX_RELATIVE_FLOOR = 2.0**-10
"""Relative differences count where |r| is at least this share of the layer's scale."""

_SAFE = 2.0**-800
"""Sums of squares above this lost nothing that matters to underflow."""


@dataclass(frozen=True)
class Sums:
    """What is known of x and r after both passes; d = x - r.

    Attributes:
        squares_x: sum of x^2.
        squares_r: sum of r^2.
        squares_d: sum of d^2.
        turned: sum of (x ||r|| / ||x|| - r)^2; not finite if x or r is zero.
        max_abs: largest |d|.
        max_abs_at: first position of it.
        max_relative: largest |d| / |r| where |r| >= MAX_RELATIVE_FLOOR * scale.
        sign_flips: number of values of opposite sign.
        relu_flips: number of values that are zero on one side only.
        ulp: spacing of float32 numbers at the root mean square of r; None if there is none.
        histogram: how often |d| / ulp falls into each bin of `quantiles.py`.
    """

    squares_x: np.floating
    squares_r: np.floating
    squares_d: np.floating
    turned: np.floating
    max_abs: np.floating
    max_abs_at: int
    max_relative: np.floating
    sign_flips: int
    relu_flips: int
    ulp: float | None
    histogram: npt.NDArray[np.intp]


def sums_of(x: Flat, r: Flat, threads: int) -> Sums | None:
    """Compare two flat arrays of one length > 0; None if a value is not finite.

    Values whose squares leave the range of float64 (beyond 1e154, below 1e-120) are done again in
    long double, whose exponent has 15 bits on x86-64 and on ARM under Linux.

    Raises:
        OverflowError: if they are beyond long double too, where that is no wider than float64.
    """
    found = _sums_in(np.float64, x, r, threads)
    if found is not None and _safe(found, x, r):
        return found
    if not (np.isfinite(x).all() and np.isfinite(r).all()):
        return None
    wider = _sums_in(np.longdouble, x, r, threads)
    if wider is None:
        raise OverflowError("the squares of these values are beyond this machine's long double")
    return wider


def _safe(found: Sums, x: Flat, r: Flat) -> bool:
    """Whether no sum of squares went below what float64 can hold."""
    return (
        (found.squares_x > _SAFE or not np.any(x))
        and (found.squares_r > _SAFE or not np.any(r))
        and bool(found.squares_d > _SAFE or found.max_abs == 0)
    )


@np.errstate(all="ignore")  # what overflows is looked at afterwards
def _sums_in(real: type[np.floating], x: Flat, r: Flat, threads: int) -> Sums | None:
    """Both passes, in one precision; None if a square is not finite in it."""
    workers = max(1, min(threads, x.size // (2 * BLOCK)))
    scratch = [_Scratch(real, min(x.size, BLOCK)) for _ in range(workers)]
    squares_x, squares_r = np.array(_each(_squares, x, r, scratch), real).T.copy().sum(axis=1)
    if not (np.isfinite(squares_x) and np.isfinite(squares_r)):
        return None

    scale = np.sqrt(squares_r / x.size)
    ulp = ulp_at(float(scale))
    differences = partial(
        _differences,
        factor=np.sqrt(squares_r) / np.sqrt(squares_x),
        floor=scale * MAX_RELATIVE_FLOOR,
        per_ulp=1 / ulp if ulp else 0.0,
    )
    parts = np.array(_each(differences, x, r, scratch), real).T.copy()
    squares_d, turned, sign_flips, relu_flips = parts[:4].sum(axis=1)
    if not np.isfinite(squares_d):
        return None
    start = int(parts[4].argmax()) * BLOCK
    block = slice(start, start + BLOCK)
    apart = np.abs(x[block].astype(real) - r[block].astype(real))
    return Sums(
        squares_x=squares_x,
        squares_r=squares_r,
        squares_d=squares_d,
        turned=turned,
        max_abs=parts[4].max(),
        max_abs_at=start + int(apart.argmax()),
        max_relative=parts[5].max(),
        sign_flips=int(sign_flips),
        relu_flips=int(relu_flips),
        ulp=ulp,
        histogram=np.sum([own.histogram for own in scratch], axis=0),
    )


class _Scratch:
    """Memory that one thread uses for block after block."""

    def __init__(self, real: type[np.floating], size: int) -> None:
        self.reals: Reals = np.empty((4, size), real)
        self.singles = np.empty(size, np.float32)
        self.bins = np.empty(size, np.intp)
        self.flags = np.empty((4, size), bool)
        self.histogram = np.zeros(BINS, np.intp)


_Task = Callable[[Flat, Flat, _Scratch], Parts]


def _each(task: _Task, x: Flat, r: Flat, scratch: list[_Scratch]) -> list[Parts]:
    """What `task` finds in each block, in order; one thread for each scratch memory."""
    todo = deque(range(0, x.size, BLOCK))
    found: list[Parts] = [()] * len(todo)

    def work(own: _Scratch) -> None:
        with np.errstate(all="ignore"):  # holds for one thread
            while True:
                try:
                    start = todo.popleft()
                except IndexError:
                    return
                block = slice(start, start + BLOCK)
                found[start // BLOCK] = task(x[block], r[block], own)

    if len(scratch) == 1:
        work(scratch[0])
    else:
        with ThreadPoolExecutor(len(scratch)) as pool:
            list(pool.map(work, scratch))
    return found


def _squares(x: Flat, r: Flat, own: _Scratch) -> Parts:
    x_buffer, r_buffer, *_ = own.reals[:, : x.size]
    return _sum_of_squares(_load(x, x_buffer)), _sum_of_squares(_load(r, r_buffer))


def _differences(
    x: Flat,
    r: Flat,
    own: _Scratch,
    factor: np.floating,
    floor: np.floating,
    per_ulp: float,
) -> Parts:
    """Sums of d^2 and of (factor x - r)^2, both kinds of flips, largest |d| and |d| / |r|."""
    size = x.size
    x_buffer, r_buffer, apart, work = own.reals[:, :size]
    x, r = _load(x, x_buffer), _load(r, r_buffer)

    np.subtract(x, r, out=apart)
    squares = _sum_of_squares(apart)
    np.abs(apart, out=apart)

    np.multiply(apart, per_ulp, out=own.singles[:size], casting="same_kind")
    count_bins(own.singles[:size], own.bins[:size], own.histogram)

    np.multiply(x, factor, out=work)
    np.subtract(work, r, out=work)
    turned = _sum_of_squares(work)

    x_sign, r_sign, x_on, r_on = own.flags[:, :size]
    np.abs(r, out=work)
    np.greater_equal(work, floor, out=x_on)
    np.maximum(work, floor, out=work)
    np.divide(apart, work, out=work)
    # Times 0 where r is too small: writing under a mask takes several times as long.
    np.multiply(work, x_on, out=work)

    np.greater(x, 0, out=x_sign)
    np.greater(r, 0, out=r_sign)
    np.not_equal(x, 0, out=x_on)
    np.not_equal(r, 0, out=r_on)
    np.not_equal(x_sign, r_sign, out=x_sign)
    np.logical_and(x_on, r_on, out=r_sign)
    np.logical_and(x_sign, r_sign, out=x_sign)
    np.not_equal(x_on, r_on, out=x_on)
    sign_flips, relu_flips = np.count_nonzero(x_sign), np.count_nonzero(x_on)
    return squares, turned, sign_flips, relu_flips, apart.max(), work.max()


def _load(block: Flat, buffer: Reals) -> Flat:
    """The block in the buffer's precision; itself if it has that already."""
    if block.dtype == buffer.dtype:
        return block
    np.copyto(buffer, block, casting="same_kind")
    return buffer


def _sum_of_squares(values: Flat) -> np.floating:
    # Not np.dot: BLAS splits it by its own number of threads, which changes the last bits.
    total: np.floating = np.einsum("i,i->", values, values)
    return total
