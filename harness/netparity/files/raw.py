"""Arrays that lie in a file as plain bytes, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.files.limits import NAME_SHOWN, WEIGHTS, CutOffError, Limits, check_size
from netparity.files.stored import Stored


def stored(
    path: Path,
    name: str,
    shape: Sequence[int],
    dtype: np.dtype[np.generic],
    offset: int,
    limits: Limits | None = WEIGHTS,
) -> Stored:
    """An uncompressed array at `offset` of a file.

    Raises:
        DamagedError: if the file ends before the array does, or the array is too large.
    """
    if limits is not None:
        check_size(name, shape, dtype, limits)
    end = offset + math.prod(shape) * dtype.itemsize
    if not 0 <= offset <= end <= path.stat().st_size:
        raise CutOffError(f"{name[:NAME_SHOWN]!r} reaches to byte {end:,}, beyond the file's end")

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        values = np.fromfile(path, dtype, stop - start, offset=offset + start * dtype.itemsize)
        if values.size != stop - start:
            raise CutOffError(f"{name[:NAME_SHOWN]!r} is cut off")
        return values

    return Stored(name, tuple(shape), dtype, fetch)
