"""Kernels that are equal but for the order of their units and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Order = npt.NDArray[np.intp]

_CHUNK_VALUES = 2**22


@dataclass(frozen=True)
class Permutation:
    """Where the second tensor's units and inputs are in the first: b = a[:, :, inputs, :][units].

    Attributes:
        units: None if they have the same order.
        inputs: None if they have the same order.
    """

    units: Order | None
    inputs: Order | None = None

    @property
    def moved(self) -> int:
        """How many units have another place."""
        return 0 if self.units is None else int(np.sum(self.units != np.arange(self.units.size)))


def permutation(a: Array, b: Array) -> Permutation | None:
    """The orders that make two kernels equal.

    Args:
        a: height x width x inputs x units.
        b: of the same shape.

    Returns:
        None if there are none. Units are found by the sums of squares of their values, and
        everything is compared afterwards.
    """
    units = _order(_squares(a, 3), _squares(b, 3))
    if units is None:
        return None
    moved = a[..., units]
    if np.array_equal(moved, b):
        return Permutation(units)
    inputs = _order(_squares(moved, 2), _squares(b, 2))
    if inputs is None or not np.array_equal(moved[:, :, inputs], b):
        return None
    same = np.array_equal(units, np.arange(units.size))
    return Permutation(None if same else units, inputs)


def order_of(a: Array, b: Array) -> Order | None:
    """The order in which the values of one vector are those of another."""
    order = _order(a, b)
    return order if order is not None and np.array_equal(a[order], b) else None


def _squares(kernel: Array, axis: int) -> Array:
    """For each unit (axis 3) or input (axis 2), a number that no order of the others changes."""
    found = np.zeros(kernel.shape[axis])
    step = max(1, _CHUNK_VALUES // kernel.shape[3])
    for row in kernel.reshape(-1, *kernel.shape[2:]):
        for start in range(0, kernel.shape[2], step):
            part = row[start : start + step].astype(np.float64)
            numbers = (part * part + 0.1 * part).sum(axis=3 - axis)
            if axis == 3:
                found += numbers
            else:
                found[start : start + step] += numbers
    return found


def _order(first: Array, second: Array) -> Order | None:
    """Where each number of the second list is in the first; None if they are not the same ones."""
    a, b = np.argsort(first, kind="stable"), np.argsort(second, kind="stable")
    if not np.allclose(first[a], second[b], rtol=1e-9, atol=1e-12):
        return None
    order = np.empty(first.size, np.intp)
    order[b] = a
    return order
