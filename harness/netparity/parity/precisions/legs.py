"""An error beside a simulated one: its size, its direction, and the structure it has.

Rounding errors are not free of structure: that of a weight is the same at every place of a map, so
a channel's error has a mean. The error is therefore held against the structure of the simulated
one, not against independent values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netparity.networks.ops.base import Array

_MORE_STRUCTURE = 3.0
"""How many times the simulated error's share a mean's share of the error may be."""

_BIAS = 0.1
"""Share that any mean may hold: accumulators that cut off digits shrink all sums a little. On an
H200, behind 14 layers of TF32, the error along the values held 0.03 and their mean 0.01."""

_STANDARD_DEVIATIONS = 6.0
"""Allowance for the mean squares of independent errors, of which a share of 1/n is expected."""

_LESS_SPREAD = 0.2
"""Least participation ratio, relative to that of the simulated error."""


@dataclass(frozen=True)
class Likeness:
    """How an error compares with a simulated one.

    Attributes:
        ratio: of their norms.
        cosine: between them.
        chance: standard deviation of the cosine if the signs of the error were random.
        same_shape: whether the error has no more structure than the simulated one.
    """

    ratio: float
    cosine: float
    chance: float
    same_shape: bool


def compare_errors(error: Array, simulated: Array, right: Array) -> Likeness | None:
    """Hold an error against a simulated one; None if the simulated one is zero or not finite.

    Args:
        error: N x the node's shape, channels last; not zero.
        simulated: of the same shape.
        right: the correct values, of the same shape.
    """
    size, expected = float(np.linalg.norm(error)), float(np.linalg.norm(simulated))
    if not np.isfinite(expected) or expected == 0:
        return None
    products = error * simulated
    scale = size * expected
    return Likeness(
        ratio=size / expected,
        cosine=float(products.sum()) / scale,
        chance=float(np.linalg.norm(products)) / scale,
        same_shape=_same_shape(error, simulated, right),
    )


def _same_shape(error: Array, simulated: Array, right: Array) -> bool:
    spread, usual = participation(error), participation(simulated)
    if spread < _LESS_SPREAD * usual:
        return False
    effective = spread * error.size
    pairs = zip(_shares(error, right), _shares(simulated, right), strict=True)
    for (share, freedom), (expected, _) in pairs:
        noise = (freedom + _STANDARD_DEVIATIONS * (2 * freedom) ** 0.5) / effective
        if share > _BIAS + _MORE_STRUCTURE * expected + noise:
            return False
    return True


def participation(error: Array) -> float:
    """The participation ratio: 1/3 for Gaussian noise, 1/n for a single wrong value."""
    squares = error.ravel() ** 2
    total = float(squares.sum())
    return float(total**2 / (error.size * float((squares**2).sum()))) if total > 0 else 0.0


def _shares(error: Array, right: Array) -> Iterator[tuple[float, int]]:
    """The share of the error's squares that each kind of mean holds, and how many means there are.

    The mean of all values, of every channel, row and column, and the error along the values.
    """
    total = float((error**2).sum())
    norm = float((right**2).sum())
    yield float((error * right).sum()) ** 2 / (norm * total) if norm > 0 else 0.0, 1
    yield float(error.sum()) ** 2 / (error.size * total), 1
    if error.ndim < 3:
        return
    for axis in range(1, error.ndim):
        sums = error.sum(axis=tuple(each for each in range(error.ndim) if each != axis))
        yield float((sums**2).sum()) / (error.size // sums.size) / total, sums.size
