"""Zip archives of arrays: what they list is checked before anything is unpacked."""

from __future__ import annotations

import math
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
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
_CHUNK_BYTES = 2**22
_PIECE_BYTES = 2**20
_IS_UTF8 = 0x800
_END = struct.Struct("<4s6xH10x")
_MOST_END_BYTES = 2**16 + _END.size
"""The end of an archive: its record and a comment."""
_STATED_ELSEWHERE = 2**16 - 1
"""Stands for the number in an archive of ZIP64, which has another record for it."""
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Member:
    """A file in an archive; `offset` is where its bytes begin, None if they are compressed."""

    archive: zipfile.ZipFile
    path: Path
    name: str
    size: int
    offset: int | None
    limits: Limits = WEIGHTS

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its unpacked bytes; whoever reads them to the end has their checksum compared."""
        with self.archive.open(self.name) as file:
            yield file

    def check(self) -> None:
        """Compare the checksum (CRC-32) that the archive states, once.

        Raises:
            zipfile.BadZipFile: if the bytes have another one.
        """
        assert self._is_sound

    @cached_property
    def _is_sound(self) -> bool:
        with self.open() as file:
            while file.read(_PIECE_BYTES):
                pass
        return True

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
        """The array that begins `skip` bytes into the member; its checksum is compared."""
        if self.offset is None:
            check_size(name, shape, dtype, self.limits)
            values = Stored(name, shape, dtype, _Unpacking(self, skip, dtype).fetch)
            if skip + math.prod(shape) * dtype.itemsize == self.size:
                return values  # whoever reads all of them has compared it
        else:
            values = raw.stored(self.path, name, shape, dtype, self.offset + skip, self.limits)

        def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
            self.check()
            return values.fetch(start, stop)

        return replace(values, fetch=fetch)


class _Unpacking:
    """Values of a compressed member; they are read from first to last, once or again."""

    def __init__(self, member: Member, skip: int, dtype: np.dtype[np.generic]) -> None:
        self._member, self._skip, self._dtype = member, skip, dtype
        self._file: IO[bytes] | None = None
        self._at = 0

    def fetch(self, start: int, stop: int) -> npt.NDArray[np.generic]:
        first = self._skip + start * self._dtype.itemsize
        if self._file is None or first < self._at:
            self._file, self._at = self._member.archive.open(self._member.name), 0
        while self._at < first:
            self._take(min(first - self._at, _PIECE_BYTES))
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
    archive = zipfile.ZipFile(path)  # stays open, so that its list is read once for all members
    with path.open("rb") as file:
        infos = archive.infolist()
        if len(infos) > limits.members:
            raise DamagedError(
                f"it lists {len(infos):,} files; at most {limits.members:,} are read"
            )
        if sum(info.file_size for info in infos) > MOST_UNPACKED_BYTES:
            raise DamagedError(f"it unpacks to more than {MOST_UNPACKED_BYTES:,} bytes")
        _check_count(path, len(infos))
        states_checksums = any(info.CRC for info in infos)
        for info in infos:
            if not states_checksums:  # PyTorch can be told to write none
                info.CRC = None  # type: ignore[assignment]  # so that zipfile compares none
            if info.filename in found:
                raise DamagedError(f"{info.filename[:NAME_SHOWN]!r} is duplicated in it")
            _check(info, limits)
            begins = _data_offset(file, info)
            offset = begins if info.compress_type == zipfile.ZIP_STORED else None
            found[info.filename] = Member(
                archive, path, info.filename, info.file_size, offset, limits
            )
    return found


def _check_count(path: Path, found: int) -> None:
    """Compare the number of members that an archive states: zipfile takes what it finds.

    Raises:
        DamagedError: if it is another one, since then a damaged entry hides those behind it.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _MOST_END_BYTES))
        tail = file.read()
    at = tail.rfind(_EMPTY)
    if not 0 <= at <= len(tail) - _END.size:
        return
    _, stated = _END.unpack_from(tail, at)
    if stated not in (found, _STATED_ELSEWHERE):
        raise DamagedError(f"its end says that it lists {stated:,} files; {found:,} are listed")


def _check(info: zipfile.ZipInfo, limits: Limits) -> None:
    name, packed, unpacked = info.filename, info.compress_size, info.file_size
    shown = repr(name[:NAME_SHOWN])
    rooted = name.startswith("\\") or (name.startswith("/") and not limits.rooted_names)
    if rooted or ".." in name.split("/"):
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


def add_file(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    """Add a file as it is."""
    with path.open("rb") as file:
        add(archive, name, iter(lambda: file.read(_CHUNK_BYTES), b""))


def _data_offset(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """Where the bytes of a member begin.

    Raises:
        DamagedError: if there is no header with the member's name before them.
    """
    file.seek(info.header_offset)
    head = file.read(_LOCAL_HEADER.size)
    if len(head) != _LOCAL_HEADER.size or not head.startswith(SIGNATURE):
        raise DamagedError(f"{info.filename[:NAME_SHOWN]!r} has no header where the archive says")
    _, length, extra = _LOCAL_HEADER.unpack(head)
    name = file.read(length).decode("utf-8" if info.flag_bits & _IS_UTF8 else "cp437", "replace")
    if name != info.orig_filename:
        raise DamagedError(
            f"{info.filename[:NAME_SHOWN]!r} is called {name[:NAME_SHOWN]!r} where its bytes begin"
        )
    return info.header_offset + _LOCAL_HEADER.size + int(length) + int(extra)
