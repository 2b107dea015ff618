"""Arrays whose values a file holds in another order or type, as arrays of plain numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from netparity.files.stored import Stored

BFLOAT16 = "bfloat16"

_MOST_AT_ONCE = 2**22


def from_bfloat16(bits: Stored) -> Stored:
    """The float32 array of which `bits` holds the upper halves, which is exact."""

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        return (bits.fetch(start, stop).astype(np.uint32) << 16).view(np.float32)

    return replace(bits, dtype=np.dtype(np.float32), fetch=fetch)


def strided(flat: Stored, shape: tuple[int, ...], strides: tuple[int, ...]) -> Stored:
    """The array of this shape whose values lie in a flat one.

    Args:
        strides: from one value to the next along each axis, in values; not negative.
    """
    if _is_by_rows(shape, strides):
        return replace(flat, shape=shape)

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        row = math.prod(shape[1:])
        values = np.empty((stop // row - start // row, *shape[1:]), flat.dtype)
        _fill(values, flat, start // row * strides[0], strides)
        return values.reshape(-1)

    return replace(flat, shape=shape, fetch=fetch)


def _is_by_rows(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    expected = 1
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if size > 1 and stride != expected:
            return False
        expected *= size
    return True


def _fill(
    values: npt.NDArray[np.generic], flat: Stored, offset: int, strides: tuple[int, ...]
) -> None:
    """Read in parts that lie close together: a transposed matrix spans its whole storage."""
    steps = [(size - 1) * stride for size, stride in zip(values.shape, strides, strict=True)]
    if sum(steps) < _MOST_AT_ONCE:
        read = flat.fetch(offset, offset + 1 + sum(steps))
        bytes_ = [stride * flat.dtype.itemsize for stride in strides]
        values[...] = as_strided(read, values.shape, bytes_, writeable=False)
        return
    axis = max(range(values.ndim), key=lambda axis: strides[axis] if steps[axis] else -1)
    half = values.shape[axis] // 2
    low, high = np.split(values, [half], axis)
    _fill(low, flat, offset, strides)
    _fill(high, flat, offset + half * strides[axis], strides)
