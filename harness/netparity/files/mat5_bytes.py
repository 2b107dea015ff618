"""The bytes of one variable of a MAT file, as they lie there or unpacked a little at a time."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from netparity.files import raw
from netparity.files.limits import NAME_SHOWN, CutOffError, DamagedError, Limits, check_size
from netparity.files.stored import Stored

_CHUNK_BYTES = 2**20
_WINDOW_BYTES = 2**16
_SMALL_BYTES = 2**12
_TAG_BYTES = 8
_FREE_WASTE_BYTES, _MOST_WASTE = 2**29, 256
"""How much may be unpacked only to reach what lies behind it: so much, and so many times what is
read. A network of 500 arrays that are read from last to first stays below."""


class Bytes(Protocol):
    """Where a variable's bytes come from."""

    def at(self, position: int, size: int) -> bytes:
        """So many bytes from a position on; fewer where they end."""

    def stored(
        self, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], position: int
    ) -> Stored:
        """The array that begins at a position."""


class Plain:
    """The bytes of a file from `start` on."""

    def __init__(self, path: Path, start: int, limits: Limits) -> None:
        self._path, self._start, self._limits = path, start, limits
        self._window, self._window_start = b"", 0

    def at(self, position: int, size: int) -> bytes:
        """So many bytes from a position on; fewer where the file ends.

        The file is read in windows, since a network has thousands of elements of a few bytes.
        """
        offset = position - self._window_start
        if offset < 0 or offset + size > len(self._window):
            with self._path.open("rb") as file:
                file.seek(self._start + position)
                self._window = file.read(max(size, _WINDOW_BYTES))
            self._window_start, offset = position, 0
        return self._window[offset : offset + size]

    def stored(
        self, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], position: int
    ) -> Stored:
        """The array that begins at a position.

        Raises:
            DamagedError: if it is too large, or the file ends before it does.
        """
        return raw.stored(self._path, name, shape, dtype, self._start + position, self._limits)


class Packed:
    """What a compressed variable unpacks to: read forward, or from the beginning again."""

    def __init__(self, path: Path, start: int, length: int, limits: Limits) -> None:
        self._path, self._start, self._length = path, start, length
        self._limits = limits
        self._wasted = self._delivered = 0
        self._is_checked = False
        self.rewind()

    def rewind(self) -> None:
        """Begin anew, and keep nothing of what was read."""
        self._position = self._used = 0
        self._packed = self._last = b""
        self._unpacker = zlib.decompressobj()

    def at(self, position: int, size: int) -> bytes:
        """So many bytes from a position on; fewer where the variable ends.

        Raises:
            DamagedError: if it is cut off or unpacks to far more than it is.
            zlib.error: if it is damaged.
        """
        back = self._position - position
        if size <= back <= len(self._last):  # values that are inside their tag, just read
            start = len(self._last) - back
            return self._last[start : start + size]
        if back > 0:
            self._again()
        while self._position < position:
            if not self._take(min(position - self._position, _CHUNK_BYTES)):
                break
        found = self._take(size)
        self._last = found[-_TAG_BYTES:]
        return found

    def finish(self) -> None:
        """Unpack what is left, at whose end zlib compares its checksum of everything before.

        Raises:
            DamagedError: if it is cut off or unpacks to far more than it is.
            zlib.error: if it is damaged.
        """
        while not self._is_checked:
            self._take(_CHUNK_BYTES)
            self._is_checked = self._unpacker.eof

    def _again(self) -> None:
        """Begin anew for something that lies before what was read last.

        Raises:
            DamagedError: if that happened too often for what it gave.
        """
        self._wasted += self._position
        if self._wasted > _FREE_WASTE_BYTES + _MOST_WASTE * self._delivered:
            raise DamagedError(
                "its arrays are used in another order than they are stored in, and each time the "
                "variable has to be unpacked from its beginning; save it uncompressed, with -v6"
            )
        self.rewind()

    def stored(
        self, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], position: int
    ) -> Stored:
        """The array that begins at a position.

        A small one is read at once: whoever asks for it later, out of order, would have the
        variable unpacked from the beginning.

        Raises:
            DamagedError: if it is too large.
        """
        check_size(name, shape, dtype, self._limits)
        size = math.prod(shape) * dtype.itemsize
        if 0 < size <= _SMALL_BYTES:
            values = np.frombuffer(self._whole(name, position, size), dtype)
            return Stored(name, shape, dtype, lambda start, stop: values[start:stop])

        def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
            wanted = (stop - start) * dtype.itemsize
            data = self._whole(name, position + start * dtype.itemsize, wanted)
            self._delivered += wanted
            if stop * dtype.itemsize == size:
                self.finish()
            return np.frombuffer(data, dtype)

        return Stored(name, shape, dtype, fetch)

    def _whole(self, name: str, position: int, size: int) -> bytes:
        data = self.at(position, size)
        if len(data) != size:
            raise CutOffError(f"{name[:NAME_SHOWN]!r} is cut off")
        return data

    def _take(self, size: int) -> bytes:
        parts, wanted = [], size
        while wanted and not self._unpacker.eof:
            if not self._packed:
                self._packed = self._refill()
            part = self._unpacker.decompress(self._packed, wanted)
            self._packed = self._unpacker.unconsumed_tail
            parts.append(part)
            wanted -= len(part)
            self._position += len(part)
            if not self._limits.allows(self._position, self._used):
                raise DamagedError(
                    f"{self._used:,} bytes unpack to over {self._limits.ratio} times as many"
                )
        return b"".join(parts)

    def _refill(self) -> bytes:
        """The next compressed bytes. The file is not kept open: it may have many variables."""
        with self._path.open("rb") as file:
            file.seek(self._start + self._used)
            packed = file.read(min(self._length - self._used, _CHUNK_BYTES))
        if not packed:
            raise CutOffError("a compressed variable is cut off")
        self._used += len(packed)
        return packed
