"""MAT 5 (plain) and 7 (each variable compressed), read array by array.

SciPy's `loadmat` reads the same, but it holds a whole file in memory, several times over, cuts
imaginary parts off, and a damaged type code takes the process down (scipy/scipy#25349). Format:
MathWorks, "MAT-File Format".
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from netparity.files.limits import (
    DEEPEST,
    LONGEST_NAME,
    MOST_AXES,
    MOST_FIELDS,
    MOST_TEXT,
    NAME_SHOWN,
    CutOffError,
    DamagedError,
    Limits,
)
from netparity.files.mat5_bytes import Bytes, Packed, Plain
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.stored import Stored, Unreadable, empty

_HEADER_BYTES = 128
_FARTHEST = 2**63
_MATRIX, _COMPRESSED = 14, 15
# Types of elements, and classes of arrays, as NumPy calls them. MATLAB stores an array of doubles
# that are small whole numbers in a smaller type: the class counts.
_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8"}
_TYPES |= {13: "u8"}
_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4"}
_CLASSES |= {14: "i8", 15: "u8"}
_TEXTS = {1: "utf-8", 2: "utf-8", 4: "utf-16", 16: "utf-8", 17: "utf-16"}
_CELL, _STRUCT, _OBJECT, _CHAR, _OPAQUE = 1, 2, 3, 4, 17
_UNREADABLE = {5: "a sparse matrix", 16: "a function", _OPAQUE: "an object of MATLAB's"}
_IS_COMPLEX, _IS_LOGICAL = 0x800, 0x200

_Order = Literal["little", "big"]


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is MAT 5 to 7."""
    return head[124:_HEADER_BYTES] in (b"\x00\x01IM", b"\x01\x00MI")


def read(path: Path, limits: Limits) -> dict[str, Node]:
    """The variables of a file; the values of arrays are read when they are asked for.

    Raises:
        DamagedError: if it is cut off, or claims what cannot be.
        zlib.error: if a compressed variable is damaged.
    """
    found: dict[str, Node] = {}
    size, members = path.stat().st_size, 0
    with path.open("rb") as file:
        order: _Order = "little" if file.read(_HEADER_BYTES).endswith(b"IM") else "big"
        at = _HEADER_BYTES
        while at < size:
            file.seek(at)
            tag = file.read(8)
            kind, length = int.from_bytes(tag[:4], order), int.from_bytes(tag[4:], order)
            if len(tag) < 8 or at + 8 + length > size:
                raise CutOffError("a variable is cut off")
            if kind not in (_MATRIX, _COMPRESSED):
                raise DamagedError(f"an element of type {kind} stands where a variable should")
            packed = Packed(path, at + 8, length, limits) if kind == _COMPRESSED else None
            reader = _Reader(packed or Plain(path, at, limits), order, limits, members)
            name, node = reader.matrix(reader.element(), 0)
            if packed is not None:
                # The values of a single large array are unpacked, and checked, when they are read.
                if not isinstance(node, Stored) or node.size <= MOST_TEXT:
                    packed.finish()
                packed.rewind()  # there may be thousands, each with a buffer
            members = reader.members
            if name in found:
                raise DamagedError(f"the variable {name[:NAME_SHOWN]!r} is duplicated")
            if name:  # what has no name is MATLAB's own
                found[name] = node
            at += 8 + length
    return found


@dataclass(frozen=True)
class _Element:
    kind: int
    start: int
    size: int
    after: int


class _Reader:
    """Walks through one variable; the next element begins at `self.position`."""

    def __init__(self, source: Bytes, order: _Order, limits: Limits, members: int) -> None:
        self._bytes, self._order, self._limits = source, order, limits
        self._mark = "<" if order == "little" else ">"
        self.position, self.members = 0, members
        self._end = _FARTHEST

    def element(self) -> _Element:
        """The element that begins here; the next begins after it.

        None reaches beyond the array that holds it, so that a file is read forwards only.
        """
        at = self.position
        tag = self._bytes.at(at, 8)
        if len(tag) < 8:
            raise CutOffError("an element is cut off")
        kind, size = (int.from_bytes(part, self._order) for part in (tag[:4], tag[4:]))
        if kind >> 16:  # up to 4 bytes share the tag's 8
            if kind >> 16 > 4:
                raise DamagedError("an element is larger than its place")
            found = _Element(kind & 0xFFFF, at + 4, kind >> 16, at + 8)
        else:
            found = _Element(kind, at + 8, size, min(at + 8 + size + -size % 8, self._end))
        if max(found.after, found.start + found.size) > self._end:
            raise DamagedError("an element reaches beyond the array that it is a part of")
        self.position = found.after
        return found

    def body(self, element: _Element, most: int = MOST_TEXT) -> bytes:
        """The bytes of an element, which must not be many."""
        if element.size > most:
            raise DamagedError(f"an element claims {element.size:,} bytes; {most:,} at most")
        data = self._bytes.at(element.start, element.size)
        if len(data) < element.size:
            raise CutOffError("an element is cut off")
        return data

    def numbers(self, element: _Element) -> list[int]:
        """An element's unsigned numbers of four bytes."""
        data = self.body(element)
        return [
            int.from_bytes(data[at : at + 4], self._order) for at in range(0, len(data) // 4 * 4, 4)
        ]

    def matrix(self, element: _Element, depth: int) -> tuple[str, Node]:
        """A matrix and its name."""
        if element.kind != _MATRIX:
            raise DamagedError(f"an element of type {element.kind} stands where a matrix should")
        self.members += 1
        if self.members > self._limits.members:
            raise DamagedError(
                f"it holds more than {self._limits.members:,} arrays, structs and cells; save the "
                "variable wanted alone"
            )
        if depth > DEEPEST:
            raise DamagedError("its cells or structs are nested too deeply")
        if element.size == 0:
            return "", empty("")
        self.position, outer_end = element.start, self._end
        self._end = element.start + element.size
        flags = (self.numbers(self.element()) or [0])[0]
        kind = flags & 0xFF
        dims = () if kind == _OPAQUE else tuple(self.numbers(self.element()))
        name = self.body(self.element(), LONGEST_NAME).decode("latin-1")
        if kind != _OPAQUE and not 2 <= len(dims) <= MOST_AXES:
            raise DamagedError(f"{name[:NAME_SHOWN]!r} has {len(dims)} dimensions")
        node = self._value(flags, dims, name, depth)
        self.position, self._end = element.after, outer_end
        return name, node

    def _value(self, flags: int, dims: tuple[int, ...], name: str, depth: int) -> Node:
        kind, count = flags & 0xFF, math.prod(dims)
        if kind == _CELL:
            self._check_count(name, count)
            return Cell(tuple(self._member(depth) for _ in range(count)))
        if kind in (_STRUCT, _OBJECT):
            return self._struct(name, count, depth, kind == _OBJECT)
        if kind == _CHAR:
            return self._text(name, count)
        if kind == _OPAQUE:
            return self._object(name)
        if kind not in _CLASSES:
            return Unreadable(name, _UNREADABLE.get(kind, f"values of class {kind}"), dims)
        return self._array(name, dims[::-1], flags)

    def _array(self, name: str, shape: tuple[int, ...], flags: int) -> Stored | Unreadable:
        values = self.element()
        if values.kind not in _TYPES:
            raise DamagedError(
                f"{name[:NAME_SHOWN]!r} holds numbers of the unknown type {values.kind}"
            )
        dtype = np.dtype(self._mark + _TYPES[values.kind])
        count = math.prod(shape)
        if values.size != count * dtype.itemsize:
            raise DamagedError(f"{name[:NAME_SHOWN]!r} claims {count:,} values and holds others")
        if flags & _IS_COMPLEX:
            return Unreadable(name, "complex numbers", shape)
        stored = self._bytes.stored(name, shape, dtype, values.start)
        return _as_class(stored, "?" if flags & _IS_LOGICAL else _CLASSES[flags & 0xFF])

    def _object(self, name: str) -> Unreadable:
        """An object, whose class's name comes after that of its type system."""
        what = _UNREADABLE[_OPAQUE]
        with suppress(DamagedError):
            _, kind = (self.body(self.element()).decode("latin-1") for _ in range(2))
            if re.fullmatch(r"[\w.]{1,80}", kind):
                what = f"an object of MATLAB's class {kind!r}"
        return Unreadable(name, what)

    def _member(self, depth: int) -> Node:
        return self.matrix(self.element(), depth + 1)[1]

    def _struct(self, name: str, count: int, depth: int, is_object: bool) -> Struct:
        if is_object:
            self.element()  # the class's name
        width = (self.numbers(self.element()) or [0])[0]
        listed = self.body(self.element(), MOST_TEXT * 4)
        if not 0 < width <= LONGEST_NAME or len(listed) > width * MOST_FIELDS:
            raise DamagedError(
                f"a struct claims {len(listed):,} bytes for the names of its fields, {width:,} each"
            )
        names = [
            listed[at : at + width].partition(b"\0")[0].decode("latin-1")
            for at in range(0, len(listed), width)
        ]
        self._check_count(name, count * len(names) if names else count)
        members = tuple({name: self._member(depth) for name in names} for _ in range(count))
        return Struct(members, is_object)

    def _check_count(self, name: str, count: int) -> None:
        if count > self._limits.members:
            raise DamagedError(
                f"{name[:NAME_SHOWN]!r} claims {count:,} members; at most "
                f"{self._limits.members:,} are accepted"
            )

    def _text(self, name: str, count: int) -> str | Unreadable:
        element = self.element()
        if element.kind not in _TEXTS:
            raise DamagedError("a text is stored in an unknown way")
        if not count:
            return ""
        if element.size > MOST_TEXT * 16:
            return Unreadable(name, f"text of {count:,} characters")
        encoding = _TEXTS[element.kind]
        if encoding == "utf-16":
            encoding += "-le" if self._order == "little" else "-be"
        return self.body(element, MOST_TEXT * 16).decode(encoding, "replace")


def _as_class(stored: Stored, class_: str) -> Stored:
    """An array whose values become those of MATLAB's class as they are read."""
    if stored.dtype == np.dtype(class_).newbyteorder(stored.dtype.byteorder):
        return stored

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        return stored.fetch(start, stop).astype(class_)

    return replace(stored, dtype=np.dtype(class_), fetch=fetch)
