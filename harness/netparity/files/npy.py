"""NumPy's .npy, in a file or in an archive, never unpickled."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib import format as numpy_format

from netparity.files import raw, zip_file
from netparity.files.limits import NAME_SHOWN, DamagedError, Limits, check_size
from netparity.files.numpy_functions import PickledArray
from netparity.files.stored import Stored

MAGIC = b"\x93NUMPY"
SUFFIX = ".npy"

_MOST_HEADER_BYTES = 10_000


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    by_columns: bool
    dtype: np.dtype[np.generic]
    size: int

    @property
    def values_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is an .npy."""
    return head.startswith(MAGIC)


def read(path: Path, limits: Limits | None) -> Stored:
    """The array of a file; `limits` is None for one that the harness wrote.

    Raises:
        DamagedError: if it is no .npy or is cut off, or if the harness wrote it and it is longer.
        ValueError: if its header is damaged.
    """
    with path.open("rb") as file:
        header = _header(file.read(_MOST_HEADER_BYTES), "it")
    there = path.stat().st_size - header.size
    _check_complete(header, there, "it", limits)
    if header.dtype.hasobject:
        return _objects("", header)
    if limits is None and there > header.values_bytes:
        raise DamagedError(f"it has {there - header.values_bytes:,} bytes after its values")
    shape = header.shape[::-1] if header.by_columns else header.shape
    stored = raw.stored(path, "", shape, header.dtype, header.size, limits)
    return _by_columns(stored) if header.by_columns else stored


def pickle_in(path: Path) -> int | None:
    """Where in a file the pickle of its objects begins; None if it holds plain values.

    Raises:
        DamagedError: if it is no .npy.
        ValueError: if its header is damaged.
    """
    with path.open("rb") as file:
        header = _header(file.read(_MOST_HEADER_BYTES), "it")
    return header.size if header.dtype.hasobject else None


def of_member(member: zip_file.Member) -> Stored:
    """The array of an archive's member.

    Raises:
        DamagedError: if it is no .npy, or claims other values than it has.
        ValueError: if its header is damaged.
    """
    name = member.name.removesuffix(SUFFIX)
    shown = repr(name[:NAME_SHOWN])
    with member.open() as file:
        header = _header(file.read(_MOST_HEADER_BYTES), shown)
    if header.dtype.hasobject:
        return _objects(name, header)
    _check_complete(header, member.size - header.size, shown, member.limits)
    if member.size != header.size + header.values_bytes:
        raise DamagedError(f"{shown} claims {header.shape} values and holds more")
    shape = header.shape[::-1] if header.by_columns else header.shape
    stored = member.array(name, shape, header.dtype, header.size)
    return _by_columns(stored) if header.by_columns else stored


def at(path: Path, name: str, array: PickledArray, limits: Limits) -> Stored:
    """An array whose values lie in a pickle in a file.

    Raises:
        DamagedError: if it is too large.
    """
    assert array.kind is not None
    assert array.place is not None
    by_columns = array.by_columns and len(array.shape) > 1
    shape = array.shape[::-1] if by_columns else array.shape
    stored = raw.stored(path, name, shape, array.kind.dtype, array.place.start, limits)
    return _by_columns(stored) if by_columns else stored


def header_of(shape: tuple[int, ...]) -> bytes:
    """The header of a float32 array by rows."""
    head = io.BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": shape}
    numpy_format.write_array_header_1_0(head, described)
    return head.getvalue()


def _header(head: bytes, what: str) -> _Header:
    if not looks_like(head):
        raise DamagedError(
            f"{what} is no .npy, which begins with \\x93NUMPY; save it with numpy.save"
        )
    file = io.BytesIO(head)
    version = numpy_format.read_magic(file)
    if version not in ((1, 0), (2, 0)):  # 3.0 is for the names of fields alone
        raise DamagedError(f"{what} is .npy of version {version}; save a plain array of floats")
    first = version == (1, 0)
    read_header = (
        numpy_format.read_array_header_1_0 if first else numpy_format.read_array_header_2_0
    )
    shape, by_columns, dtype = read_header(file, max_header_size=_MOST_HEADER_BYTES)
    if any(size < 0 for size in shape):
        raise DamagedError(f"{what} claims the shape {shape}")
    return _Header(shape, by_columns and len(shape) > 1, dtype, file.tell())


def _check_complete(header: _Header, there: int, what: str, limits: Limits | None) -> None:
    # Pickled objects have no size of their own, and are refused by their type.
    if not header.dtype.hasobject and header.values_bytes > there:
        raise DamagedError(
            f"{what} is incomplete: {header.values_bytes:,} bytes of values are announced, "
            f"{max(there, 0):,} are there"
        )
    if limits is not None:
        check_size(what, header.shape, header.dtype, limits)


def _objects(name: str, header: _Header) -> Stored:
    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        raise DamagedError("it holds objects, which are never unpickled")

    return Stored(name, header.shape, header.dtype, fetch)


def _by_columns(turned: Stored) -> Stored:
    """An array whose first axis varies fastest: it cannot be read row by row, only whole."""
    kept: list[npt.NDArray[np.generic]] = []

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        if not kept:
            kept.append(turned.load().T.reshape(-1))
        return kept[0][start:stop]

    return Stored(turned.name, turned.shape[::-1], turned.dtype, fetch)
