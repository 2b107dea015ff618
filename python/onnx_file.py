"""Changes an ONNX file that was just written, with nothing but its bytes.

An ONNX file is a protocol buffer: fields, each with a number, one after another. Field numbers are
those of the ONNX project's `onnx.proto`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_MODEL_PRODUCER, _MODEL_GRAPH, _MODEL_METADATA = 2, 7, 14
_GRAPH_OUTPUT, _VALUE_NAME = 12, 1
_BYTES = 2
"""The kind of field that holds bytes, preceded by their number."""

PRODUCER = "netparity"
KEY = "netparity.network"


def finished(
    model: bytes,
    features: Sequence[str],
    aliases: Mapping[str, str],
    preprocessing: Mapping[str, Any],
    source: str,
) -> bytes:
    """Return a file that states its preprocessing and features, with a single output.

    Args:
        model: a file whose values have the right names, all of which are outputs.
        features: the values that a user knows; the last one is the output that stays.
        aliases: further names of these.
        preprocessing: of the input `source`, as network.json has it.
    """
    output, parts = features[-1], []
    for number, start, inside, end in _fields(model):
        if number == _MODEL_GRAPH:
            parts.append(_field(number, _with_output(model[inside:end], output)))
        else:
            parts.append(model[start:end])
    stated = {
        "preprocessing": {source: dict(preprocessing)},
        "features": list(features),
        "aliases": dict(aliases),
        "default_features": [output],
    }
    entry = _field(1, KEY.encode()) + _field(2, json.dumps(stated).encode())
    # Of a field that occurs twice, the last one counts.
    return b"".join(
        [*parts, _field(_MODEL_PRODUCER, PRODUCER.encode()), _field(_MODEL_METADATA, entry)]
    )


def _with_output(graph: bytes, output: str) -> bytes:
    parts = []
    for number, start, inside, end in _fields(graph):
        if number != _GRAPH_OUTPUT or _name(graph[inside:end]) == output:
            parts.append(graph[start:end])
    return b"".join(parts)


def _name(value: bytes) -> str:
    for number, _, inside, end in _fields(value):
        if number == _VALUE_NAME:
            return value[inside:end].decode()
    return ""


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield each field's number, where it starts, where its content does, and where it ends."""
    place = 0
    while place < len(message):
        start = place
        key, place = _number(message, place)
        kind, inside = key & 7, place
        if kind == _BYTES:
            length, inside = _number(message, place)
            place = inside + length
        elif kind == 0:
            _, place = _number(message, place)
        else:
            place += {1: 8, 5: 4}[kind]
        yield key >> 3, start, inside, place


def _number(message: bytes, place: int) -> tuple[int, int]:
    """Return a number, seven bits in each byte, and the place behind it."""
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, place


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
