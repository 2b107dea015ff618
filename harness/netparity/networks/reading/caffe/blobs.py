"""The weights of a layer as they lie in a `.caffemodel`, and Caffe's means in a `.binaryproto`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.files.limits import WEIGHTS, DamagedError, check_size
from netparity.files.protobuf import Field, File
from netparity.networks.node import MOST_RANK

_NUM, _CHANNELS, _HEIGHT, _WIDTH = 1, 2, 3, 4
_DATA, _SHAPE, _DOUBLES, _RAW_TYPE, _RAW = 5, 7, 8, 10, 12
_TYPES = {_DATA: "<f4", _DOUBLES: "<f8"}
_RAW_TYPES = {0: "<f8", 1: "<f4", 2: "<f2"}
"""Of the values of half precision that NVIDIA's Caffe and OpenCV write."""


@dataclass(frozen=True)
class Blob:
    """An array in a file, its values not read yet.

    Attributes:
        shape: as the file states it; older files state four sizes, the first ones often 1.
        fetch: reads all values in order; raises DamagedError if the file has fewer.
    """

    shape: tuple[int, ...]
    fetch: Callable[[], npt.NDArray[np.generic]]

    @property
    def size(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    def load(self) -> npt.NDArray[np.float32]:
        """All values in the blob's shape, as float32."""
        return self.fetch().astype(np.float32, copy=False).reshape(self.shape)


def blob_of(file: File, outer: Field, path: Path) -> Blob:
    """The blob in a field.

    Raises:
        DamagedError: if its values do not fit its shape.
    """
    shape: list[int] = []
    old, pieces = dict[int, int](), dict[str, list[tuple[int, int]]]()
    raw_type = 1
    for field in file.fields(outer.start, outer.end):
        if field.number == _SHAPE:
            for inner in file.fields(field.start, field.end):
                shape += file.varints(inner) if inner.number == 1 else []
        elif field.number in (_NUM, _CHANNELS, _HEIGHT, _WIDTH):
            old[field.number] = field.value
        elif field.number == _RAW_TYPE:
            raw_type = field.value
        elif field.number in (*_TYPES, _RAW):
            dtype = _TYPES.get(field.number) or _RAW_TYPES.get(raw_type, "")
            pieces.setdefault(dtype, []).append((field.start, field.end - field.start))
    if not shape and old:
        shape = [old.get(number, 1) for number in (_NUM, _CHANNELS, _HEIGHT, _WIDTH)]
    return _checked(path, shape, pieces)


def _checked(path: Path, shape: list[int], pieces: dict[str, list[tuple[int, int]]]) -> Blob:
    if len(pieces) != 1 or "" in pieces:
        raise DamagedError(
            "a blob has values of several kinds or of none that is known"
            if pieces
            else "a blob has no values"
        )
    [(kind, places)] = pieces.items()
    dtype = np.dtype(kind)
    total = sum(count for _, count in places)
    if not shape:
        shape = [total // dtype.itemsize]
    if len(shape) > MOST_RANK or any(not 0 < size < 2**31 for size in shape):
        raise DamagedError(f"a blob has the shape {shape[:MOST_RANK]}")
    check_size("a blob", shape, dtype, WEIGHTS)
    if math.prod(shape) * dtype.itemsize != total:
        raise DamagedError(
            f"a blob of {' x '.join(map(str, shape))} holds {total // dtype.itemsize:,} values"
        )
    return Blob(tuple(shape), lambda: _values(path, dtype, places))


def _values(
    path: Path, dtype: np.dtype[np.generic], places: list[tuple[int, int]]
) -> npt.NDArray[np.generic]:
    parts = []
    for offset, count in places:
        part = np.fromfile(path, dtype, count // dtype.itemsize, offset=offset)
        if part.nbytes != count:
            raise DamagedError("a blob is cut off")
        parts.append(part)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
