"""Arrays of one row per image that lie on disk: written and read a few rows at a time.

They are not mapped into memory, because the pages of a mapped file count towards the process's
resident memory, which would grow with the number of images.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError, StoreError
from netparity.files import npy
from netparity.files.limits import DamagedError
from netparity.files.stored import Stored

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """Consecutive rows of a float32 array on disk; `rows[a:b]` reads some of them.

    Attributes:
        stored: the whole array.
        start: the first row.
        stop: the row after the last.
    """

    stored: Stored
    start: int
    stop: int

    @classmethod
    def open(cls, path: Path) -> Rows:
        """All rows of an .npy file.

        Raises:
            InputError: if it cannot be read, is not a complete .npy, has no axis or is not float32.
        """
        try:
            if not path.is_file():  # reading a named pipe would never end
                raise DamagedError("it is not a regular file")
            stored = npy.read(path, limits=None)
            if not stored.shape:
                raise DamagedError("it is a single number, expected an array with a row per image")
            if stored.dtype != np.float32:
                raise DamagedError(f"it is {stored.dtype}, expected float32")
        except Exception as error:  # NumPy raises many types on damaged headers
            raise InputError(f"array {path} cannot be read: {error}") from error
        return cls(stored, 0, stored.shape[0])

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows, and the shape of one."""
        return (self.stop - self.start, *self.stored.shape[1:])

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, rows: slice) -> Floats:
        """Read rows.

        Raises:
            DamagedError: if the file has become shorter.
        """
        start, stop, _ = rows.indices(len(self))
        length = int(np.prod(self.stored.shape[1:], dtype=np.int64))
        first, last = self.start + start, self.start + max(start, stop)
        values = self.stored.fetch(first * length, last * length)
        shape = (last - first, *self.stored.shape[1:])
        return np.ascontiguousarray(values, np.float32).reshape(shape)

    def part(self, start: int, stop: int) -> Rows:
        """Rows `start` to `stop` of these, or as many of them as there are."""
        end = min(self.start + stop, self.stop)
        return replace(self, start=min(self.start + start, end), stop=end)


class RowWriter:
    """Writes an .npy file row by row; the number of rows is known at the end.

    Args:
        row: the shape of one row.
    """

    def __init__(self, path: Path, row: tuple[int, ...]) -> None:
        self.path, self._row, self.count = path, row, 0
        self._file: Any = None

    def __enter__(self) -> RowWriter:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb")
            self._file.write(npy.header_of((0, *self._row)))
        except OSError as error:
            raise self._failed(error) from error
        return self

    def append(self, row: Floats) -> None:
        """Write one row.

        Raises:
            StoreError: if there is no room.
        """
        assert row.shape == self._row
        try:
            self._file.write(np.ascontiguousarray(row, np.float32).data)
        except OSError as error:
            raise self._failed(error) from error
        self.count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                # NumPy leaves room in a header for a longer first axis, so its length is the same.
                self._file.seek(0)
                self._file.write(npy.header_of((self.count, *self._row)))
            self._file.close()
        except OSError as failure:
            raise self._failed(failure) from failure

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self.path} cannot be written: {error.strerror or error}; what was stored before is "
            "intact"
        )


def copy_rows(rows: Rows, path: Path) -> None:
    """Write some rows of an array to a file of their own.

    Raises:
        StoreError: if there is no room.
    """
    with RowWriter(path, rows.shape[1:]) as writer:
        for number in range(len(rows)):
            writer.append(rows[number : number + 1][0])
