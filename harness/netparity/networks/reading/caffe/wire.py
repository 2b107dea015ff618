"""A `.caffemodel` as a message: its structure, and where its weights lie."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from netparity.files.limits import DamagedError
from netparity.files.protobuf import Field, File
from netparity.networks.reading.caffe.blobs import blob_of
from netparity.networks.reading.caffe.message import Message
from netparity.networks.reading.caffe.schema import MESSAGES, Entry

_MOST_FIELDS = 100_000
_NAME, _INPUT, _LAYERS, _LAYER = b"\x0a", b"\x1a", b"\x12", b"\xa2\x06"
_LAYER_STARTS = (b"\x0a", b"\x12", b"\x1a", b"\x22")


def looks_like_wire(head: bytes) -> bool:
    """Whether bytes begin as a network's do: a name, then an input or a layer."""
    at = 0
    if head.startswith(_NAME) and len(head) > 2:
        name = head[2 : 2 + head[1]]
        if head[1] >= 0x80 or not name.isascii() or any(byte < 32 for byte in name):
            return False
        at = 2 + head[1]
    rest = head[at : at + 8]
    if rest.startswith(_LAYER):
        return any(mark in rest[2:] for mark in _LAYER_STARTS)
    return at > 0 and rest.startswith((_LAYERS, _INPUT))


def read_wire(path: Path) -> Message:
    """The message `Net` of a binary file.

    Raises:
        DamagedError: if it is damaged.
    """
    with File(path, _MOST_FIELDS) as file:
        return _message(file, "Net", 0, file.size, path)


def _message(file: File, kind: str, start: int, end: int, path: Path) -> Message:
    entries, message = MESSAGES[kind], Message(kind)
    for field in file.fields(start, end):
        entry = entries.get(field.number)
        if entry is None:
            message.unknown.append(f"number {field.number}")
        elif entry.kind == "Blob":
            try:
                message.add(entry.name, blob_of(file, field, path))
            except DamagedError as error:
                name = message.text("name") or "without a name"
                raise DamagedError(f"layer {name[:80]!r}: {error}") from error
        elif entry.kind in MESSAGES:
            message.add(entry.name, _message(file, entry.kind, field.start, field.end, path))
        elif entry.kind != "ignored":
            for value in _values(file, entry, field):
                message.add(entry.name, value)
    return message


def _values(file: File, entry: Entry, field: Field) -> list[Any]:
    if entry.kind == "text":
        return [file.text(field)]
    if entry.kind == "number":
        data = file.bytes(field)
        if len(data) % 4:
            raise DamagedError(f"{entry.name} has {len(data)} bytes")
        return [_plain(value) for (value,) in struct.iter_unpack("<f", data)]
    return [value - 2**64 if value >= 2**63 else value for value in file.varints(field)]


def _plain(value: float) -> float:
    """A number as it was meant: 0.0001, not the nearest float32 with all its digits."""
    return float(str(np.float32(value)))
