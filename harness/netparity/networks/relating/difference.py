"""How far apart two tensors are that nothing relates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netparity.networks.relating.changes import Tensor

_CHUNK_VALUES = 2**22
_MOST_LEVELS = 256
"""Of eight bits."""
_SAMPLE = 2**16
_RELATED = 6.0
"""Standard errors of a correlation above which two kernels are of the same training."""


@dataclass(frozen=True)
class Difference:
    """How far apart two tensors are that no known change relates.

    Attributes:
        largest: max |a - b|.
        relative: ||a - b|| / ||b||, both in float64; infinite if b is zero.
        count: number of values that differ.
        correlation: of the values, -1 to 1; near 0 for two trainings, near 1 if one was trained
            further from the other; 0 if a tensor is constant.
        levels: number of distinct values of each tensor, if there are few, as in a quantised one;
            0 if there are many.
        after: the changes of the first tensor after which it is compared, since the two are alike
            only then; `changes.Change.names`.
    """

    largest: float
    relative: float
    count: int
    size: int
    correlation: float = 0.0
    levels: tuple[int, int] = (0, 0)
    after: tuple[str, ...] = ()

    @property
    def quantised(self) -> int:
        """0 if the first tensor is the second with few distinct values, 1 the reverse, -1 not."""
        first, second = self.levels
        if not self.related or bool(first) == bool(second):
            return -1
        return 0 if first else 1

    @property
    def related(self) -> bool:
        """Whether the values are alike beyond chance: those of one training, trained further."""
        return self.correlation > 0.5 and self.correlation * self.size**0.5 > _RELATED


def difference(a: Tensor, b: Tensor) -> Difference:
    """How far apart two tensors are."""
    largest, count = 0.0, 0
    sums = np.zeros(6)  # of (a - b)^2, b^2, a, b, a^2, a b
    a, b = a.reshape(-1), b.reshape(-1)
    for start in range(0, a.size, _CHUNK_VALUES):
        x = a[start : start + _CHUNK_VALUES].astype(np.float64)
        y = b[start : start + _CHUNK_VALUES].astype(np.float64)
        apart = np.abs(x - y)
        largest = max(largest, float(apart.max()))
        count += int(np.count_nonzero(apart))
        sums += (apart @ apart, y @ y, x.sum(), y.sum(), x @ x, x @ y)
    squares, norm, sum_a, sum_b, square_a, mixed = map(float, sums)
    relative = math.sqrt(squares / norm) if norm else math.inf
    spread = (square_a - sum_a**2 / a.size) * (norm - sum_b**2 / a.size)
    correlation = (mixed - sum_a * sum_b / a.size) / math.sqrt(spread) if spread > 0 else 0.0
    levels = _levels(a), _levels(b)
    return Difference(largest, relative, count, a.size, correlation, levels)


def _levels(values: Tensor) -> int:
    """The number of distinct values, if there are few of them."""
    most = min(_MOST_LEVELS, values.size // 8)
    sample = np.unique(values[:_SAMPLE])
    if not 1 < sample.size <= most:
        return 0
    levels = np.unique(values).size
    return levels if levels <= most else 0
