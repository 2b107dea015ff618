"""HDF5 files, written so that a full disk is an error like any other.

If the HDF5 library cannot write, it keeps the file open, tries again when the process ends, and
may crash it. So the library writes through a sink that never fails: from the first error on, the
sink keeps the small pieces in memory (they are the library's own records, which it reads again),
drops the large ones (numbers, which it does not), and the error is raised after the file is closed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import h5py

_KEPT_BYTES = 2**16


@contextmanager
def creating(path: Path, **options: Any) -> Iterator[h5py.File]:
    """A new HDF5 file, closed at the end of the block.

    Args:
        path: replaced if it exists.
        options: further ones of `h5py.File`.

    Raises:
        OSError: if it cannot be written, for example because the disk is full. It is raised after
            the block, in which writing always succeeds.
    """
    import h5py

    with path.open("w+b", buffering=0) as raw:
        sink = _Sink(raw)
        with h5py.File(sink, "w", **options) as file:
            yield file
        if sink.problem is not None:
            raise sink.problem


class _Sink(io.RawIOBase):
    """What HDF5 takes for a file; see the module's text."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self._at = 0
        self._kept: dict[int, bytes] = {}
        self.problem: BaseException | None = None

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; relative to the end only for the size of the file, which HDF5 asks for once."""
        self._at = offset if whence == io.SEEK_SET else self._raw.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        """The current position."""
        return self._at

    def write(self, data: Any) -> int:
        """Write all of the data, or keep what is small if that is not possible any more."""
        view = memoryview(data).cast("B")
        if self.problem is None:
            try:
                self._raw.seek(self._at)
                self._write_all(view)
            except BaseException as error:  # Ctrl-C too: HDF5 must not see it
                self.problem = error
        if self.problem is not None and len(view) <= _KEPT_BYTES:
            self._kept[self._at] = bytes(view)
        self._at += len(view)
        return len(view)

    def _write_all(self, view: memoryview) -> None:
        while view:
            view = view[self._raw.write(view) or 0 :]

    def readinto(self, buffer: Any) -> int:
        """Read back: zeros where nothing was written, as a disk that is not full would give."""
        view = memoryview(buffer).cast("B")
        view[:] = bytes(len(view))
        self._raw.seek(self._at)
        self._raw.readinto(view)
        for start, data in self._kept.items():
            first, last = max(start, self._at), min(start + len(data), self._at + len(view))
            if first < last:
                view[first - self._at : last - self._at] = data[first - start : last - start]
        self._at += len(view)
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Set the size of the file."""
        if self.problem is None:
            try:
                return self._raw.truncate(size)
            except BaseException as error:
                self.problem = error
        return size or 0

    def flush(self) -> None:
        """There is nothing to do: nothing is buffered."""


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
            raise ValueError(
                f"{name}: a piece of {piece.size} values is not a whole number of rows"
            )
        at += piece.size
