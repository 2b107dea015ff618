"""An array as it lies in a file, read a few rows at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Stored:
    """One array as it lies in a file, its values not read yet.

    Attributes:
        name: what the file calls it.
        shape: its axes, the last varying fastest (a MATLAB array's are turned round).
        dtype: of the values that `fetch` gives.
        fetch: reads values `start` to `stop` of the flat array; both are multiples of a row's
            length, that is of the product of all axes but the first.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fetch: Callable[[int, int], npt.NDArray[np.generic]]

    @property
    def size(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    def load(self) -> npt.NDArray[np.generic]:
        """All values, in the array's shape.

        Raises:
            DamagedError: if the file has fewer.
        """
        return self.fetch(0, self.size).reshape(self.shape)


@dataclass(frozen=True)
class Unreadable:
    """Something in a file that is not an array of numbers, or must not be read.

    Attributes:
        what: what it is, in words that can follow "holds": `a sparse matrix`, `text`.
    """

    name: str
    what: str
    shape: tuple[int, ...] = ()


def empty(name: str) -> Stored:
    """An array without any value, such as MATLAB's `[]`."""
    return Stored(name, (0, 0), np.dtype(np.float64), lambda start, stop: np.empty(0))
