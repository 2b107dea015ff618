"""The values of a data set in HDF5: what speaks against reading them, and how they are read.

Like `hdf5_tree`, this is only for files that were examined, and for the process that does so.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netparity.files.limits import MOST_CHUNK_VALUES, Limits, size_problem
from netparity.files.stored import Stored, Unreadable
from netparity.files.window import Window

if TYPE_CHECKING:
    import h5py


@dataclass(frozen=True)
class Place:
    """Where HDF5 lies: a file, or `size` bytes of one from `start` on."""

    path: Path
    start: int = 0
    size: int | None = None

    @contextmanager
    def open(self) -> Iterator[h5py.File]:
        """The file, open for reading."""
        import h5py

        if self.size is None:
            with h5py.File(self.path, "r") as file:
                yield file
        else:
            window = io.BufferedReader(Window(self.path, self.start, self.size))
            with window, h5py.File(window, "r") as file:
                yield file


def values_of(place: Place, data: h5py.Dataset, limits: Limits) -> tuple[Stored | Unreadable, bool]:
    """The array and whether it is compressed."""
    name, shape = data.name or "", tuple(data.shape or ())
    try:
        dtype = data.dtype
    except (TypeError, ValueError):
        return Unreadable(name, "values of a type that NumPy does not know", shape), False
    settings = data.id.get_create_plist()
    filters = [settings.get_filter(at)[0] for at in range(settings.get_nfilters())]
    problem = size_problem(shape, dtype, limits)
    needed = math.prod(shape) * dtype.itemsize
    problem = _storage_problem(data, settings, needed, limits) or problem
    problem = _filter_problem(filters) or problem
    if not name:
        problem = "a data set without a path"
    if data.shape is None:
        problem = "no values"
    if problem is not None:
        return Unreadable(name, problem, shape), False

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        if stop <= start:
            return np.empty(0, dtype)
        with place.open() as file:
            if not shape:
                return np.asarray(file[name][()]).reshape(-1)
            row = math.prod(shape[1:])
            values: npt.NDArray[np.generic] = file[name][start // row : stop // row]
            return values.reshape(-1)

    return Stored(name, shape, dtype, fetch), bool(filters)


def _storage_problem(data: h5py.Dataset, settings: Any, needed: int, limits: Limits) -> str | None:
    from h5py import h5d

    if settings.get_layout() == h5d.VIRTUAL or settings.get_external_count():
        return "values that lie in another file"
    if settings.get_layout() == h5d.CHUNKED:
        chunk = settings.get_chunk()
        if math.prod(chunk) > MOST_CHUNK_VALUES:
            return f"pieces of {math.prod(chunk):,} values; {MOST_CHUNK_VALUES:,} are accepted"
    there = data.id.get_storage_size()
    if not limits.allows(needed, there):
        return f"{needed:,} bytes of which only {there:,} are in the file"
    return None


def _filter_problem(filters: list[int]) -> str | None:
    from h5py import h5z

    known = (h5z.FILTER_DEFLATE, h5z.FILTER_LZF, h5z.FILTER_SHUFFLE, h5z.FILTER_FLETCHER32)
    unknown = [code for code in filters if code not in known]
    if unknown:
        return f"values behind the filter {unknown[0]}; save them uncompressed or with gzip"
    if len(set(filters)) < len(filters):
        return "values that are compressed several times over"
    return None
