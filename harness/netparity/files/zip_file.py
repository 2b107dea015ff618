"""Zip archives of arrays: what they list is checked before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from netparity.files import raw
from netparity.files.limits import (
    MOST_UNPACKED_BYTES,
    NAME_SHOWN,
    WEIGHTS,
    CutOffError,
    DamagedError,
    Limits,
    check_size,
)
from netparity.files.stored import Stored

SIGNATURE = b"PK\x03\x04"

_EMPTY = b"PK\x05\x06"
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Member:
    """A file in an archive; `offset` is where its bytes begin, None if they are compressed."""

    path: Path
    name: str
    size: int
    offset: int | None
    limits: Limits = WEIGHTS

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its unpacked bytes."""
        with zipfile.ZipFile(self.path) as archive, archive.open(self.name) as file:
            yield file

    def bytes(self, most: int) -> bytes:
        """All of it.

        Raises:
            DamagedError: if it is longer than `most`.
        """
        if self.size > most:
            raise DamagedError(
                f"{self.name[:NAME_SHOWN]!r} is {self.size:,} bytes long; {most:,} at most"
            )
        with self.open() as file:
            return file.read(most)

    def array(
        self, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], skip: int
    ) -> Stored:
        """The array that begins `skip` bytes into the member."""
        if self.offset is not None:
            return raw.stored(self.path, name, shape, dtype, self.offset + skip, self.limits)
        check_size(name, shape, dtype, self.limits)
        unpacking = _Unpacking(self, skip, dtype)
        return Stored(name, shape, dtype, unpacking.fetch)


class _Unpacking:
    """Values of a compressed member; they are read from first to last, once or again."""

    def __init__(self, member: Member, skip: int, dtype: np.dtype[np.generic]) -> None:
        self._member, self._skip, self._dtype = member, skip, dtype
        self._archive: zipfile.ZipFile | None = None
        self._file: IO[bytes] | None = None
        self._at = 0

    def fetch(self, start: int, stop: int) -> npt.NDArray[np.generic]:
        first = self._skip + start * self._dtype.itemsize
        if self._file is None or first < self._at:
            self._archive = zipfile.ZipFile(self._member.path)
            self._file, self._at = self._archive.open(self._member.name), 0
        while self._at < first:
            self._take(min(first - self._at, 2**20))
        return np.frombuffer(self._take((stop - start) * self._dtype.itemsize), self._dtype)

    def _take(self, size: int) -> bytes:
        assert self._file is not None
        data = self._file.read(size)
        if len(data) != size:
            raise CutOffError(f"{self._member.name[:NAME_SHOWN]!r} is cut off")
        self._at += size
        return data


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive, perhaps an empty one."""
    return head.startswith((SIGNATURE, _EMPTY))


def members(path: Path, limits: Limits = WEIGHTS) -> dict[str, Member]:
    """What an archive lists, by name.

    Raises:
        DamagedError: if it lists too much, one name twice, names that lead elsewhere, or files
            that unpack to far more than they are.
    """
    found: dict[str, Member] = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        infos = archive.infolist()
        if len(infos) > limits.members:
            raise DamagedError(
                f"it lists {len(infos):,} files; at most {limits.members:,} are read"
            )
        if sum(info.file_size for info in infos) > MOST_UNPACKED_BYTES:
            raise DamagedError(f"it unpacks to more than {MOST_UNPACKED_BYTES:,} bytes")
        for info in infos:
            if info.filename in found:
                raise DamagedError(f"{info.filename[:NAME_SHOWN]!r} is duplicated in it")
            _check(info, limits)
            offset = None
            if info.compress_type == zipfile.ZIP_STORED:
                offset = _data_offset(file, info)
            found[info.filename] = Member(path, info.filename, info.file_size, offset, limits)
    return found


def _check(info: zipfile.ZipInfo, limits: Limits) -> None:
    name, packed, unpacked = info.filename, info.compress_size, info.file_size
    shown = repr(name[:NAME_SHOWN])
    if name.startswith(("/", "\\")) or ".." in name.split("/"):
        raise DamagedError(f"{shown} leads out of the archive")
    if info.flag_bits & 1:
        raise DamagedError(f"{shown} is encrypted")
    if info.compress_type == zipfile.ZIP_STORED:
        if unpacked != packed:
            raise DamagedError(f"{shown} is stored and has two sizes")
    elif not limits.allows(unpacked, packed):
        raise DamagedError(f"{shown} unpacks {packed:,} bytes to {unpacked:,}")
    elif unpacked > limits.array_bytes:
        raise DamagedError(
            f"{shown} unpacks to {unpacked:,} bytes; at most {limits.array_bytes:,} are accepted"
        )


@contextmanager
def writing(path: Path) -> Iterator[zipfile.ZipFile]:
    """A new archive; what goes into it is neither compressed nor dated."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        yield archive


def add(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[npt.NDArray[np.float32] | bytes]
) -> None:
    """Add a file, given in pieces."""
    info = zipfile.ZipInfo(name, _DATE)
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece if isinstance(piece, bytes) else piece.astype("<f4", copy=False).data)


def _data_offset(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    file.seek(info.header_offset)
    head = file.read(_LOCAL_HEADER.size)
    if len(head) != _LOCAL_HEADER.size or not head.startswith(SIGNATURE):
        raise DamagedError(f"{info.filename[:NAME_SHOWN]!r} has no header where the archive says")
    _, name, extra = _LOCAL_HEADER.unpack(head)
    return info.header_offset + _LOCAL_HEADER.size + int(name) + int(extra)
