"""MAT 5 (plain) and 7 (each variable compressed), read and written array by array.

SciPy's `loadmat` and `savemat` hold a whole file in memory, several times over, and a damaged type
code takes the process down (scipy/scipy#25349). Format: MathWorks, "MAT-File Format".
"""

from __future__ import annotations

import math
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from netparity.files import raw
from netparity.files.limits import DEEPEST, MOST_TEXT, DamagedError, check_size
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.stored import Stored

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8"}
_TYPES |= {13: "u8"}
_TEXTS = {1: "utf-8", 2: "utf-8", 4: "utf-16", 16: "utf-8", 17: "utf-16"}
_CELL, _STRUCT, _CHAR, _DOUBLE, _SINGLE, _LAST_NUMBER = 1, 2, 4, 6, 7, 15
_REFUSED = {3: "an object", 5: "a sparse matrix", 16: "a function handle", 17: "an object"}
_IS_COMPLEX, _IS_LOGICAL, _LOGICAL_CLASS = 0x800, 0x200, 9
_MOST_MEMBERS, _MOST_FIELDS = 100_000, 256
_CHUNK_BYTES = 2**20
_BOMB_RATIO, _BOMB_BYTES = 100, 2**24

_Order = Literal["little", "big"]


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is MAT 5 to 7."""
    return head[124:_HEADER_BYTES] in (b"\x00\x01IM", b"\x01\x00MI")


# --- reading ----------------------------------------------------------------------------------


def read(path: Path) -> dict[str, Node]:
    """The variables of a file; the values of arrays are read when they are asked for.

    Raises:
        DamagedError: if it is cut off, holds objects or functions, or claims what cannot be.
        zlib.error: if a compressed variable is damaged.
    """
    found = {}
    size = path.stat().st_size
    with path.open("rb") as file:
        order: _Order = "little" if file.read(_HEADER_BYTES).endswith(b"IM") else "big"
        at = _HEADER_BYTES
        while at < size:
            file.seek(at)
            tag = file.read(8)
            kind, length = int.from_bytes(tag[:4], order), int.from_bytes(tag[4:], order)
            if len(tag) < 8 or at + 8 + length > size:
                raise DamagedError("a variable is cut off")
            if kind == _COMPRESSED:
                bytes_: _Bytes = _Packed(path, at + 8, length)
            elif kind == _MATRIX:
                bytes_ = _Plain(path, at)
            else:
                raise DamagedError(f"an element of type {kind} stands where a variable should")
            reader = _Reader(path, bytes_, order)
            name, node = reader.matrix(reader.element(), 0)
            if name in found:
                raise DamagedError(f"the variable {name[:80]!r} stands twice in it")
            found[name] = node
            at += 8 + length
    return found


class _Plain:
    """The bytes of a file from `start` on."""

    def __init__(self, path: Path, start: int) -> None:
        self._path, self._start = path, start

    def at(self, position: int, size: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(self._start + position)
            return file.read(size)

    def stored(
        self, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], position: int
    ) -> Stored:
        return raw.stored(self._path, name, shape, dtype, self._start + position)


class _Packed:
    """What a compressed variable unpacks to: read forward, or from the beginning again."""

    def __init__(self, path: Path, start: int, length: int) -> None:
        self._path, self._start, self._length = path, start, length
        self._close: Callable[[], object] = lambda: None
        self._rewind()

    def at(self, position: int, size: int) -> bytes:
        if position < self._position:
            self._rewind()
        while self._position < position:
            self._take(min(position - self._position, _CHUNK_BYTES))
        return self._take(size)

    def stored(
        self, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], position: int
    ) -> Stored:
        check_size(name, shape)

        def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
            first = position + start * dtype.itemsize
            data = self.at(first, (stop - start) * dtype.itemsize)
            if len(data) != (stop - start) * dtype.itemsize:
                raise DamagedError(f"{name[:80]!r} is cut off")
            return np.frombuffer(data, dtype)

        return Stored(name, shape, dtype, fetch)

    def _rewind(self) -> None:
        self._close()
        self._file = self._path.open("rb")
        self._close = weakref.finalize(self, self._file.close)
        self._file.seek(self._start)
        self._left, self._position = self._length, 0
        self._unpacker = zlib.decompressobj()
        self._packed = b""

    def _take(self, size: int) -> bytes:
        parts, wanted = [], size
        while wanted and not self._unpacker.eof:
            if not self._packed:
                self._packed = self._file.read(min(self._left, _CHUNK_BYTES))
                self._left -= len(self._packed)
                if not self._packed:
                    raise DamagedError("a compressed variable is cut off")
            part = self._unpacker.decompress(self._packed, wanted)
            self._packed = self._unpacker.unconsumed_tail
            parts.append(part)
            wanted -= len(part)
        data = b"".join(parts)
        self._position += len(data)
        used = self._length - self._left
        if self._position > max(_BOMB_RATIO * used, _BOMB_BYTES):
            raise DamagedError(f"{used:,} bytes unpack to over {_BOMB_RATIO} times as many")
        return data


_Bytes = _Plain | _Packed


@dataclass(frozen=True)
class _Element:
    kind: int
    start: int
    size: int
    after: int


class _Reader:
    """Walks through one variable; where it stands is `self.position`."""

    def __init__(self, path: Path, bytes_: _Bytes, order: _Order) -> None:
        self._path, self._bytes, self._order = path, bytes_, order
        self._mark = "<" if order == "little" else ">"
        self.position = 0

    def element(self) -> _Element:
        """The element that begins here; the next begins after it."""
        at = self.position
        tag = self._bytes.at(at, 8)
        if len(tag) < 8:
            raise DamagedError("an element is cut off")
        kind, size = (int.from_bytes(part, self._order) for part in (tag[:4], tag[4:]))
        if kind >> 16:  # up to 4 bytes share the tag's 8
            if kind >> 16 > 4:
                raise DamagedError("an element is larger than its place")
            found = _Element(kind & 0xFFFF, at + 4, kind >> 16, at + 8)
        else:
            found = _Element(kind, at + 8, size, at + 8 + size + -size % 8)
        self.position = found.after
        return found

    def body(self, element: _Element, most: int = MOST_TEXT) -> bytes:
        if element.size > most:
            raise DamagedError(f"an element claims {element.size:,} bytes; {most:,} at most")
        data = self._bytes.at(element.start, element.size)
        if len(data) < element.size:
            raise DamagedError("an element is cut off")
        return data

    def numbers(self, element: _Element) -> list[int]:
        data = self.body(element)
        return [
            int.from_bytes(data[at : at + 4], self._order) for at in range(0, len(data) // 4 * 4, 4)
        ]

    def matrix(self, element: _Element, depth: int) -> tuple[str, Node]:
        """A matrix and its name."""
        if element.kind != _MATRIX:
            raise DamagedError(f"an element of type {element.kind} stands where a matrix should")
        if depth > DEEPEST:
            raise DamagedError("its cells or structs are nested too deeply")
        if element.size == 0:
            return "", Cell(())
        self.position = element.start
        flags = self.numbers(self.element())
        kind = flags[0] & 0xFF if flags else 0
        if kind in _REFUSED:
            raise DamagedError(f"it holds {_REFUSED[kind]} of MATLAB's, which is not read")
        dims = self.numbers(self.element())
        name = self.body(self.element()).decode("latin-1")
        if not 2 <= len(dims) <= DEEPEST:
            raise DamagedError(f"{name[:80]!r} has {len(dims)} dimensions")
        node = self._value(kind, flags[0], tuple(dims), name, depth)
        self.position = element.after
        return name, node

    def _value(self, kind: int, flags: int, dims: tuple[int, ...], name: str, depth: int) -> Node:
        count = math.prod(dims)
        if kind in (_CELL, _STRUCT) and count > _MOST_MEMBERS:
            raise DamagedError(f"{name[:80]!r} claims {count:,} members")
        if kind == _CELL:
            return Cell(tuple(self._member(depth) for _ in range(count)))
        if kind == _STRUCT:
            return self._struct(count, depth)
        if kind == _CHAR:
            return self._text(count)
        if not _DOUBLE <= kind <= _LAST_NUMBER or flags & _IS_COMPLEX:
            raise DamagedError(f"{name[:80]!r} holds values that weights have no use for")
        values = self.element()
        if values.kind not in _TYPES:
            raise DamagedError(f"{name[:80]!r} holds numbers of the unknown type {values.kind}")
        dtype = np.dtype(self._mark + _TYPES[values.kind])
        if values.size != count * dtype.itemsize:
            raise DamagedError(f"{name[:80]!r} claims {count:,} values and holds others")
        return self._bytes.stored(name, dims[::-1], dtype, values.start)

    def _member(self, depth: int) -> Node:
        return self.matrix(self.element(), depth + 1)[1]

    def _struct(self, count: int, depth: int) -> Struct:
        width = (self.numbers(self.element()) or [0])[0]
        listed = self.body(self.element(), MOST_TEXT * 4)
        if not 0 < width <= MOST_TEXT or len(listed) > width * _MOST_FIELDS:
            raise DamagedError("the fields of a struct have no names")
        names = [
            listed[at : at + width].partition(b"\0")[0].decode("latin-1")
            for at in range(0, len(listed), width)
        ]
        if count * len(names) > _MOST_MEMBERS:
            raise DamagedError("a struct has too many members")
        return Struct(tuple({name: self._member(depth) for name in names} for _ in range(count)))

    def _text(self, count: int) -> str:
        element = self.element()
        if element.kind not in _TEXTS:
            raise DamagedError("a text is stored in an unknown way")
        if not count:
            return ""
        encoding = _TEXTS[element.kind]
        if encoding == "utf-16":
            encoding += "-le" if self._order == "little" else "-be"
        return self.body(element, MOST_TEXT * 16).decode(encoding, "replace")


# --- writing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blob:
    """Bytes of a known number, made when they are written."""

    size: int
    parts: Callable[[], Iterator[bytes | npt.NDArray[np.float32]]]


def array(
    shape: Sequence[int], values: Callable[[], Iterable[npt.NDArray[np.float32]]], name: str = ""
) -> Blob:
    """A float32 array by columns, its values given in pieces in that order."""
    return _matrix(_SINGLE, shape, name, _element(7, math.prod(shape) * 4, values))


def doubles(*values: float) -> Blob:
    """A row of doubles."""
    return _matrix(_DOUBLE, (1, len(values)), "", _data(9, np.array(values, "<f8").tobytes()))


def text(value: str) -> Blob:
    """A row of characters."""
    encoded = value.encode("utf-16-le")
    return _matrix(_CHAR, (min(1, len(value)), len(encoded) // 2), "", _data(4, encoded))


def logical(value: bool) -> Blob:
    """True or false."""
    return _matrix(_LOGICAL_CLASS | _IS_LOGICAL, (1, 1), "", _data(2, bytes([value])))


def cell(members: Sequence[Blob], name: str = "") -> Blob:
    """A row of cells."""
    return _matrix(_CELL, (1, len(members)), name, *members)


def struct(fields: dict[str, Blob], name: str = "") -> Blob:
    """One struct."""
    width = 32
    names = b"".join(key.encode().ljust(width, b"\0") for key in fields)
    head = [_data(5, width.to_bytes(4, "little")), _data(1, names)]
    return _matrix(_STRUCT, (1, 1), name, *head, *fields.values())


def write(path: Path, variables: Sequence[Blob], compress: bool = False) -> None:
    """Write MAT 5, or 7 if each variable is to be compressed."""
    with path.open("wb") as file:
        file.write(b"MATLAB 5.0 MAT-file, written by netparity".ljust(124) + b"\x00\x01IM")
        for variable in variables:
            if not compress:
                for part in variable.parts():
                    file.write(_bytes(part))
                continue
            start = file.tell()
            file.write(bytes(8))
            packer = zlib.compressobj(1)
            for part in variable.parts():
                file.write(packer.compress(_bytes(part)))
            file.write(packer.flush())
            end = file.tell()
            file.seek(start)
            file.write(_tag(_COMPRESSED, end - start - 8))
            file.seek(end)


def _bytes(part: bytes | npt.NDArray[np.float32]) -> bytes | memoryview:
    return part if isinstance(part, bytes) else part.astype("<f4", copy=False).data


def _tag(kind: int, size: int) -> bytes:
    if size >= 2**32:
        raise ValueError(f"MAT 5 cannot hold a variable of {size:,} bytes")
    return kind.to_bytes(4, "little") + size.to_bytes(4, "little")


def _element(
    kind: int, size: int, values: Callable[[], Iterable[bytes | npt.NDArray[np.float32]]]
) -> Blob:
    def parts() -> Iterator[bytes | npt.NDArray[np.float32]]:
        yield _tag(kind, size)
        yield from values()
        yield bytes(-size % 8)

    return Blob(8 + size + -size % 8, parts)


def _data(kind: int, data: bytes) -> Blob:
    if 0 < len(data) <= 4:  # shares the tag's 8 bytes; Octave reads a struct only so
        small = (kind | len(data) << 16).to_bytes(4, "little") + data.ljust(4, b"\0")
        return Blob(8, lambda: iter([small]))
    return _element(kind, len(data), lambda: [data])


def _matrix(flags: int, dims: Sequence[int], name: str, *members: Blob) -> Blob:
    head = [
        _data(6, flags.to_bytes(8, "little")),
        _data(5, np.array(dims, "<i4").tobytes()),
        _data(1, name.encode()),
    ]
    blobs = (*head, *members)

    def values() -> Iterator[bytes | npt.NDArray[np.float32]]:
        for blob in blobs:
            yield from blob.parts()

    return _element(_MATRIX, sum(blob.size for blob in blobs), values)
