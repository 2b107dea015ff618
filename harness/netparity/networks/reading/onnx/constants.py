"""Constants of an ONNX file: tensors whose values are known before any image is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.files.limits import DamagedError
from netparity.networks.node import GraphError, Shape

Values = npt.NDArray[Any]

MOST_CHANGES = 100
"""Changes of layout, one after the other, that are put off until a constant is fetched."""


@dataclass(frozen=True)
class Constant:
    """A tensor of numbers.

    Attributes:
        name: what messages call it.
        fetch: reads or computes the values.
        other: the values if there were another number of images, where they depend on it (the
            shape of an activation does); None where they do not.
        changes: how many changes of layout `fetch` makes.
    """

    name: str
    shape: Shape
    dtype: np.dtype[Any]
    fetch: Callable[[], Values]
    other: Values | None = None
    changes: int = 0

    @property
    def size(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    def numbers(self) -> tuple[int, ...]:
        """The values as whole numbers.

        Raises:
            GraphError: if there are over 64 or they are not whole.
        """
        if self.size > _MOST_NUMBERS or self.dtype.kind not in "iub":
            raise GraphError(f"the constant {self.name[:80]!r} does not hold a few whole numbers")
        return tuple(int(value) for value in self.fetch().ravel())

    def changed(self, shape: Sequence[int], change: Callable[[Values], Values]) -> Constant:
        """The same values in another layout or type, changed when they are fetched.

        Raises:
            GraphError: after very many changes.
        """
        if self.changes >= MOST_CHANGES:
            raise GraphError(f"the constant {self.name[:80]!r} is rearranged over and over")
        fetch = self.fetch
        other = None if self.other is None else change(self.other)
        return replace(
            self,
            shape=tuple(shape),
            fetch=lambda: change(fetch()),
            other=other,
            changes=self.changes + 1,
        )

    def transposed(self, axes: Sequence[int]) -> Constant:
        """The same values with their axes in this order."""
        order = tuple(axes)
        return self.changed([self.shape[axis] for axis in order], lambda x: x.transpose(order))

    def reshaped(self, shape: Sequence[int]) -> Constant:
        """The same values, read row by row into another shape."""
        sizes = tuple(shape)
        return self.changed(sizes, lambda x: x.reshape(sizes))

    def scaled(self, factor: float) -> Constant:
        """Every value multiplied."""
        return self if factor == 1 else self.changed(self.shape, lambda x: x * factor)


_MOST_NUMBERS = 64


def known(name: str, values: npt.ArrayLike, other: Values | None = None) -> Constant:
    """A constant whose values are here already."""
    array = np.asarray(values)
    if other is not None and array.shape == other.shape and np.array_equal(array, other):
        other = None
    return Constant(name, array.shape, array.dtype, lambda: array, other)


def as_float32(constant: Constant) -> npt.NDArray[np.float32]:
    """The values as a network's tensor holds them.

    Raises:
        DamagedError: if the file has fewer values.
    """
    values = np.ascontiguousarray(constant.fetch(), dtype=np.float32)
    if values.shape != constant.shape:
        raise DamagedError(f"{constant.name[:80]!r} has the shape {values.shape}")
    return values
