"""HDF5, without the ways in which it leads out of the file."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netparity.files.limits import DamagedError, check_size
from netparity.files.stored import Stored

if TYPE_CHECKING:
    import h5py

_MOST_IN_CHUNK = 2**24

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def member(group: h5py.Group, name: str) -> Any:
    """A member that lies in this very file: a link could make us read any file there is.

    Raises:
        KeyError: if it is missing or is a link.
    """
    import h5py

    for part in name.split("/"):
        if not isinstance(group, h5py.Group):
            raise KeyError(f"{group.name!r} is no group")
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise KeyError(f"{name!r} is missing from {group.name!r} or is a link")
        group = group[part]
    return group


def stored(data: Any, name: str, kinds: str = "f") -> Stored:
    """A data set's values.

    Raises:
        DamagedError: if it is none of floats, keeps its values elsewhere or is too large.
    """
    import h5py

    if not isinstance(data, h5py.Dataset) or data.shape is None:
        raise DamagedError(f"{name[:80]!r} is no array")
    if data.external or data.is_virtual:
        raise DamagedError(f"{name[:80]!r} keeps its values in another file")
    if data.dtype.kind not in kinds:
        raise DamagedError(f"{name[:80]!r} holds {data.dtype}, no floats")
    if data.chunks is not None and math.prod(data.chunks) > _MOST_IN_CHUNK:
        raise DamagedError(f"{name[:80]!r} is kept in pieces of {data.chunks} values")
    if data.compression not in (None, "gzip", "lzf"):
        raise DamagedError(f"{name[:80]!r} is compressed by {str(data.compression)[:40]!r}")
    check_size(name, data.shape)
    shape = tuple(data.shape)

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        row = data.size // shape[0] if shape else 1
        if not shape:
            return np.asarray(data[()]).reshape(-1)
        values: npt.NDArray[np.generic] = data[start // row : stop // row]
        return values.reshape(-1)

    return Stored(name, shape, data.dtype, fetch)


def text(value: Any) -> str:
    """An attribute's text, whatever it was stored as."""
    return value.decode() if isinstance(value, bytes) else str(value)


def write(
    group: h5py.Group,
    name: str,
    shape: tuple[int, ...],
    values: Iterable[npt.NDArray[np.float32]],
) -> None:
    """Write a float32 array, given as its shape and its values in pieces of whole rows."""
    data = group.create_dataset(name, shape, dtype="<f4")
    row, at = int(np.prod(shape[1:], dtype=np.int64)), 0
    for piece in values:
        if piece.size % row == 0:
            rows = piece.size // row
            data.write_direct(
                piece.reshape((rows, *shape[1:])), dest_sel=np.s_[at // row : at // row + rows]
            )
        else:
            raise ValueError(f"{name}: a piece of {piece.size} values is no whole number of rows")
        at += piece.size
