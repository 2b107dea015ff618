"""An ONNX file cut to the nodes that given outputs need.

A tool computes everything that a file holds, and returns only what the file declares as outputs.
The file is edited in the wire format of Protocol Buffers, so that weights are copied once and no
package is needed. Field numbers are those of onnx.proto3.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_PRODUCER, _GRAPH = 2, 7
_NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO = 1, 5, 11, 12, 13
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_TENSOR_NAME = 8
_TYPE, _ELEMENTS, _SHAPE = 2 << 3 | _BYTES, 1 << 3 | _VARINT, 2 << 3 | _BYTES

FLOAT_TENSOR = bytes([_TYPE, 4, 1 << 3 | _BYTES, 2, _ELEMENTS, 1])
"""A type: float32 numbers, of a shape that is not stated."""

FLOAT_SCALAR = bytes([_TYPE, 6, 1 << 3 | _BYTES, 4, _ELEMENTS, 1, _SHAPE, 0])
"""A type: one float32 number."""


class OnnxError(ValueError):
    """The file is not what netparity writes or reads as ONNX."""


@dataclass(frozen=True)
class Cut:
    """A part of a network.

    model: the ONNX file; inputs: name to the sizes of its axes, None where the file leaves one
    open; values: what its nodes compute, in order; producer: the first that the file
    names (an exporter's file that netparity completed names both).
    """

    model: bytes
    inputs: dict[str, tuple[int | None, ...]]
    values: list[str]
    producer: str


def cut(path: str, outputs: Sequence[str], kind: bytes = FLOAT_TENSOR) -> Cut:
    """Return the part of an ONNX file that computes these outputs, in this order.

    kind: the type that they are declared with, whatever the file says.

    Raises OnnxError for an output that no node computes or a damaged file, OSError if it cannot be
    read.
    """
    if Path(path).stat().st_size == 0:
        raise OnnxError(f"'{path}' is empty")
    with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as m:
        whole = memoryview(m)
        try:
            return _cut(path, whole, outputs, kind)
        except IndexError as error:
            raise OnnxError(f"'{path}' ends within a field; it is damaged") from error
        finally:
            whole.release()


def _cut(path: str, whole: memoryview, outputs: Sequence[str], kind: bytes) -> Cut:
    fields = list(_fields(whole, 0, len(whole)))
    graphs = [field for field in fields if field.number == _GRAPH]
    if len(graphs) != 1:
        raise OnnxError(f"'{path}' has {len(graphs)} graphs, expected 1; it is not an ONNX file")
    [graph] = graphs
    kept, inputs, values = _kept(path, whole, graph, outputs)
    declared = [_declaration(name, kind) for name in outputs]
    size = sum(end - start for start, end in kept) + sum(map(len, declared))
    made = io.BytesIO()
    for field in fields:
        if field is not graph:
            made.write(whole[field.start : field.end])
    made.write(_varint(_GRAPH << 3 | _BYTES) + _varint(size))
    for start, end in kept:
        made.write(whole[start:end])
    for entry in declared:
        made.write(entry)
    producers = [whole[field.content : field.end] for field in fields if field.number == _PRODUCER]
    producer = bytes(producers[0]).decode() if producers else ""
    return Cut(made.getvalue(), inputs, values, producer)


@dataclass(frozen=True)
class _Field:
    """A field from its key to its end, and where its content begins."""

    number: int
    start: int
    content: int
    end: int


def _kept(
    path: str, whole: memoryview, graph: _Field, outputs: Sequence[str]
) -> tuple[list[tuple[int, int]], dict[str, tuple[int | None, ...]], list[str]]:
    """Return the places of what stays, the inputs, and the values that are computed."""
    fields = list(_fields(whole, graph.content, graph.end))
    nodes = [field for field in fields if field.number == _NODE]
    read = {node: _texts(whole, node, 1) for node in nodes}
    made = {node: [name for name in _texts(whole, node, 2) if name] for node in nodes}
    known = [name for node in nodes for name in made[node]]
    lacking = [name for name in outputs if name not in set(known)]
    if lacking:
        raise OnnxError(f"'{path}' computes no {lacking[0]!r}; it computes {known}")
    needed, staying = set(outputs), set()
    for node in reversed(nodes):
        if needed.intersection(made[node]):
            staying.add(node)
            needed.update(read[node])
    places, inputs = [], {}
    initializers = {_tensor_name(whole, field) for field in fields if field.number == _INITIALIZER}
    for field in fields:
        if field.number in (_OUTPUT, _VALUE_INFO):
            continue
        if field.number == _NODE:
            stays = field in staying
        elif field.number == _INITIALIZER:
            stays = _tensor_name(whole, field) in needed
        elif field.number == _INPUT:
            [name] = _texts(whole, field, 1)
            stays = name in needed
            if stays and name not in initializers:
                inputs[name] = _sizes(whole, field)
        else:
            stays = True
        if stays:
            places.append((field.start, field.end))
    return places, inputs, [name for node in nodes if node in staying for name in made[node]]


def _declaration(name: str, kind: bytes) -> bytes:
    """Return the declaration of an output: its name and type."""
    text = name.encode()
    said = _varint(1 << 3 | _BYTES) + _varint(len(text)) + text + kind
    return _varint(_OUTPUT << 3 | _BYTES) + _varint(len(said)) + said


def _sizes(whole: memoryview, value: _Field) -> tuple[int | None, ...]:
    """Return the sizes of an input: ValueInfoProto.type.tensor_type.shape.dim.dim_value."""
    places = [value]
    for number in (2, 1, 2, 1):
        places = [field for place in places for field in _within(whole, place, number)]
    sizes = []
    for dim in places:
        stated = [_number(whole, field.content)[0] for field in _within(whole, dim, 1)]
        sizes.append(stated[0] if stated and stated[0] > 0 else None)
    return tuple(sizes)


def _tensor_name(whole: memoryview, tensor: _Field) -> str:
    return next(iter(_texts(whole, tensor, _TENSOR_NAME)), "")


def _texts(whole: memoryview, message: _Field, number: int) -> list[str]:
    found = _within(whole, message, number)
    return [bytes(whole[field.content : field.end]).decode() for field in found]


def _within(whole: memoryview, message: _Field, number: int) -> list[_Field]:
    found = _fields(whole, message.content, message.end)
    return [field for field in found if field.number == number]


def _fields(whole: memoryview, start: int, end: int) -> Iterator[_Field]:
    """Yield the fields of a message. Raises OnnxError or IndexError if one reaches beyond it."""
    at = start
    while at < end:
        key, content = _number(whole, at)
        kind, size = key & 7, 0
        if kind == _BYTES:
            size, content = _number(whole, content)
        elif kind == _VARINT:
            size = _number(whole, content)[1] - content
        elif kind in (_FIXED32, _FIXED64):
            size = 4 if kind == _FIXED32 else 8
        else:
            raise OnnxError(f"a field of an unknown kind ({kind}); it is not an ONNX file")
        if content + size > end:
            raise OnnxError("a field reaches beyond its message; the file is damaged")
        yield _Field(key >> 3, at, content, content + size)
        at = content + size


def _number(whole: memoryview, at: int) -> tuple[int, int]:
    """Return a varint and the place behind it."""
    value = shift = 0
    while True:
        byte = whole[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise OnnxError("a number of over 64 bits; the file is damaged")


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)
