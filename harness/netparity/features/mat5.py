"""Inside MAT 5 to 7: elements of a tag and a body, matrices made of elements.

SciPy's `loadmat` reads the same, but it is not meant for files of strangers: on a damaged type
code it takes the whole process down (scipy/scipy#25349), it reads struct and cell whole, and by
class it cuts imaginary parts off. What is here follows MathWorks' "MAT-File Format".
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Literal

import numpy as np

from netparity.errors import InputError
from netparity.features.variable import MAX_BYTES, Array, Variable

HEADER_BYTES = 128

_MATRIX, _COMPRESSED = 14, 15
_CHUNK_BYTES = 2**20
_DEEPEST = 32
_MOST_AXES = 32

# Element types that hold numbers, and the classes of arrays, as NumPy calls them. MATLAB stores
# an array of doubles that are small whole numbers in a smaller type: the class counts.
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"}
_STORED |= {12: "i8", 13: "u8"}
_CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4"}
_CLASSES |= {14: "i8", 15: "u8"}
_CELL, _STRUCT, _OBJECT, _OPAQUE = 1, 2, 3, 17
_PROBLEMS = {4: "text", 5: "a sparse matrix", 16: "a function", _OPAQUE: "an object of MATLAB's"}
_IS_COMPLEX, _IS_LOGICAL = 0x800, 0x200

Order = Literal["little", "big"]
_Elements = Iterator[tuple[int, memoryview]]


def order_of(head: bytes) -> Order | None:
    """The byte order that the last bytes of the header tell; None if it is no MAT 5 to 7."""
    orders: dict[bytes, Order] = {b"\x00\x01IM": "little", b"\x01\x00MI": "big"}
    return orders.get(head[124:HEADER_BYTES])


def variables(path: Path, order: Order) -> Iterator[Variable]:
    """Every array, those in structs and cells by MATLAB's notation (`res(3).x`, `maps{1}`).

    Raises:
        InputError: if it unpacks to too much.
        ValueError: if it is damaged.
    """
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        left = MAX_BYTES
        while tag := file.read(8):
            kind, size = int.from_bytes(tag[:4], order), int.from_bytes(tag[4:], order)
            if kind == _COMPRESSED:
                body = _unpacked(file, size, left)
            else:
                body = tag + file.read(min(size, left + 1))
            left -= len(body)
            if left < 0:
                raise InputError(
                    f"features {path} unpack to more than {MAX_BYTES:,} bytes; save the variable "
                    "wanted alone"
                )
            yield from _Reader(order).variable(memoryview(body))


def _unpacked(file: IO[bytes], size: int, limit: int) -> bytes:
    """What `size` bytes unpack to, cut soon after `limit`: they may claim to be anything."""
    unpacker = zlib.decompressobj()
    parts: list[bytes] = []
    total = 0
    while size > 0 and total <= limit:
        packed = file.read(min(size, _CHUNK_BYTES))
        if not packed:
            raise ValueError("a compressed variable is cut off")
        size -= len(packed)
        while packed and total <= limit:
            parts.append(unpacker.decompress(packed, _CHUNK_BYTES))
            total += len(parts[-1])
            packed = unpacker.unconsumed_tail
    if total <= limit and not unpacker.eof:
        raise ValueError("a compressed variable is cut off")
    return b"".join(parts)


class _Reader:
    """Takes matrices apart; nothing is copied before it is asked for."""

    def __init__(self, order: Order) -> None:
        self.order = order

    def variable(self, data: memoryview) -> Iterator[Variable]:
        """What a matrix at the top of the file holds."""
        kind, body = next(self.elements(data), (0, data))
        if kind != _MATRIX:
            raise ValueError(f"an element of type {kind} stands where a matrix was expected")
        yield from self.matrix(body, None, 0)

    def elements(self, data: memoryview) -> Iterator[tuple[int, memoryview]]:
        """Type and body of one element after the other, each filled up to 8 bytes."""
        at = 0
        while at < len(data):
            kind, size, start = self.number(data, at), self.number(data, at + 4), at + 8
            if kind >> 16:  # up to 4 bytes share the tag's 8
                kind, size, start = kind & 0xFFFF, kind >> 16, at + 4
            if start + size > len(data) or (start == at + 4 and size > 4):
                raise ValueError(f"an element of {size:,} bytes is cut off")
            yield kind, data[start : start + size]
            at = start + size + -(start + size) % 8

    def number(self, data: memoryview, at: int) -> int:
        """An unsigned number of four bytes."""
        if at + 4 > len(data):
            raise ValueError("an element is cut off")
        return int.from_bytes(data[at : at + 4], self.order)

    def matrix(self, data: memoryview, name: str | None, depth: int) -> Iterator[Variable]:
        """The arrays in a matrix; its own name counts at the top, where none is given."""
        if depth > _DEEPEST or not data:
            problem = "nested too deeply" if data else "no values"
            yield Variable(name, (), _nothing, problem)
            return
        elements = self.elements(data)
        flags = self.number(_next(elements), 0)
        kind = flags & 0xFF
        shape = () if kind == _OPAQUE else self.shape(_next(elements))
        own_name = bytes(_next(elements)).decode("latin-1")
        name = name or own_name
        if not name:
            return  # MATLAB's own
        if kind == _CELL:
            count = math.prod(shape)
            yield from self.members(elements, count, lambda at: f"{name}{{{at + 1}}}", depth)
        elif kind in (_STRUCT, _OBJECT):
            yield from self.struct(elements, kind, shape, name, depth)
        elif kind in _CLASSES:
            yield self.array(elements, name, shape, flags)
        else:
            yield Variable(name, shape, _nothing, _PROBLEMS.get(kind, f"values of class {kind}"))

    def shape(self, data: memoryview) -> tuple[int, ...]:
        """The dimensions of a matrix."""
        shape = tuple(self.number(data, at) for at in range(0, len(data), 4))
        if not 2 <= len(shape) <= _MOST_AXES:
            raise ValueError(f"a matrix has {len(shape)} dimensions")
        return shape

    def struct(
        self, elements: _Elements, kind: int, shape: tuple[int, ...], name: str, depth: int
    ) -> Iterator[Variable]:
        """The fields of a struct, all of its first member before those of the second."""
        if kind == _OBJECT:
            _next(elements)  # the class's name
        width, names = self.number(_next(elements), 0), bytes(_next(elements))
        if width == 0:
            raise ValueError("the fields of a struct have no names")
        fields = [
            names[at : at + width].partition(b"\0")[0].decode("latin-1")
            for at in range(0, len(names), width)
        ]
        members = math.prod(shape)

        def name_of(at: int) -> str:
            owner = name if members == 1 else f"{name}({at // len(fields) + 1})"
            return f"{owner}.{fields[at % len(fields)]}"

        yield from self.members(elements, members * len(fields), name_of, depth)

    def members(
        self, elements: _Elements, count: int, name_of: Callable[[int], str], depth: int
    ) -> Iterator[Variable]:
        """What the matrices in a matrix hold."""
        found = 0
        for kind, body in elements:
            if kind != _MATRIX or found == count:
                raise ValueError("a struct or cell holds what does not belong there")
            yield from self.matrix(body, name_of(found), depth + 1)
            found += 1
        if found < count:
            raise ValueError(f"a struct or cell of {count:,} members holds {found:,}")

    def array(self, elements: _Elements, name: str, shape: tuple[int, ...], flags: int) -> Variable:
        """An array of numbers, seen to have as many as it claims."""
        stored, body = next(elements, (0, memoryview(b"")))
        if stored not in _STORED:
            raise ValueError(f"the numbers of {name!r} are of the unknown type {stored}")
        mark = "<" if self.order == "little" else ">"
        stored_type = np.dtype(mark + _STORED[stored])
        if len(body) != math.prod(shape) * stored_type.itemsize:
            raise ValueError(f"{name!r} claims {math.prod(shape):,} values and holds others")
        problem = "true/false values" if flags & _IS_LOGICAL else None
        problem = "complex numbers" if flags & _IS_COMPLEX else problem
        problem = problem if math.prod(shape) else "no values"
        as_class = _CLASSES[flags & 0xFF]

        def load() -> Array:
            values = np.frombuffer(body, stored_type).astype(as_class)
            return values.reshape(shape, order="F")

        return Variable(name, shape, load, problem, matlab=True)


def _next(elements: _Elements) -> memoryview:
    """The body of the next element of a matrix's head."""
    _, body = next(elements, (0, None))
    if body is None:
        raise ValueError("a matrix is cut off")
    return body


def _nothing() -> Array:
    return np.empty(0)
