"""Arrays that lie in a file as plain bytes, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.files.limits import DamagedError, check_size
from netparity.files.stored import Stored


def stored(
    path: Path, name: str, shape: Sequence[int], dtype: np.dtype[np.generic], offset: int
) -> Stored:
    """An uncompressed array at `offset` of a file.

    Raises:
        DamagedError: if the file ends before the array does.
    """
    check_size(name, shape)
    end = offset + math.prod(shape) * dtype.itemsize
    if not 0 <= offset <= end <= path.stat().st_size:
        raise DamagedError(f"{name[:80]!r} reaches to byte {end:,}, where the file has ended")

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        values = np.fromfile(path, dtype, stop - start, offset=offset + start * dtype.itemsize)
        if values.size != stop - start:
            raise DamagedError(f"{name[:80]!r} is cut off")
        return values

    return Stored(name, tuple(shape), dtype, fetch)
