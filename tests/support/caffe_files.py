"""Files of Caffe made layer by layer, in every form in which its releases wrote them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from netparity.files import protobuf
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.networks.reading.base import ReadNetwork
from netparity.networks.reading.caffe import read
from netparity.networks.reading.caffe.first_layers import GROUPS, TYPES
from netparity.networks.reading.caffe.layer_fields import OLD_TYPES
from netparity.networks.reading.caffe.schema import MESSAGES

Array = np.ndarray[Any, Any]
_NUMBERS = {
    message: {entry.name: (number, entry) for number, entry in entries.items()}
    for message, entries in MESSAGES.items()
}


@dataclass
class L:
    """A layer; `parameters` is a group of fields for each name, `blobs` are its weights."""

    name: str
    type: str
    bottoms: Sequence[str] | str = ()
    tops: Sequence[str] | str = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    blobs: Sequence[Array] = ()

    def fields(self) -> dict[str, Any]:
        bottoms = [self.bottoms] if isinstance(self.bottoms, str) else list(self.bottoms)
        tops = [self.tops] if isinstance(self.tops, str) else list(self.tops)
        found = {"name": self.name, "type": self.type, "bottom": bottoms}
        return {**found, "top": tops or [self.name], **self.parameters}


def random_values(*shape: int, seed: int = 1, scale: float = 1.0) -> Array:
    return np.random.default_rng(seed).normal(0, scale, shape).astype(np.float32)


def data(*shape: int) -> dict[str, Any]:
    """The head of a network for prediction, whose input is `data`."""
    return {"name": "small", "input": ["data"], "input_dim": list(shape)}


# --- text -------------------------------------------------------------------------------------


def as_text(head: Mapping[str, Any], layers: Sequence[L], old: bool = False) -> str:
    kind = "OldLayer" if old else "Layer"
    groups = [(layer.fields(), kind) for layer in layers]
    body = "".join(
        f"{'layers' if old else 'layer'} {{\n{_text(each, kind, 1)}}}\n" for each, kind in groups
    )
    return _text(head, "Net", 0) + body


def _text(fields: Mapping[str, Any], kind: str, depth: int) -> str:
    lines, space = [], "  " * depth
    for name, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                inner = _NUMBERS.get(kind, {}).get(name, (0, None))[1]
                inside = _text(each, inner.kind if inner is not None else "", depth + 1)
                lines.append(f"{space}{name} {{\n{inside}{space}}}\n")
            else:
                lines.append(f"{space}{name}: {_word(kind, name, each)}\n")
    return "".join(lines)


def _word(kind: str, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    entry = _NUMBERS.get(kind, {}).get(name, (0, None))[1]
    if kind == "OldLayer" and name == "type":
        return next(old for old, new in OLD_TYPES.values() if new == value)
    if entry is not None and entry.kind == "words":
        return str(value)
    return f'"{value}"' if isinstance(value, str) else str(value)


# --- bytes ------------------------------------------------------------------------------------


def as_bytes(
    head: Mapping[str, Any], layers: Sequence[L], old: bool = False, half: bool = False
) -> bytes:
    kind, number = ("OldLayer", 2) if old else ("Layer", 100)
    parts = [_message(head, "Net")]
    for layer in layers:
        blobs = b"".join(
            protobuf.message(6 if old else 7, _blob(values, old, half)) for values in layer.blobs
        )
        parts.append(protobuf.message(number, _message(layer.fields(), kind) + blobs))
    return b"".join(parts)


def first_generation(head: Mapping[str, Any], layers: Sequence[L]) -> tuple[str, bytes]:
    """The text and the bytes of a network as Caffe's first releases wrote it."""
    text, data = _text(head, "Net", 0), _message(head, "Net")
    for layer in layers:
        fields = layer.fields()
        inner: dict[str, Any] = {"name": layer.name}
        inner["type"] = next(old for old, new in TYPES.items() if new == layer.type)
        for group, names in GROUPS.values():
            given = dict(layer.parameters.get(group, {}))
            for name in ("kernel", "pad", "stride"):
                size, other = given.pop(f"{name}_h", None), given.pop(f"{name}_w", None)
                assert size == other, "windows were square"
                if size is not None:
                    given["kernel_size" if name == "kernel" else name] = size
            inner |= {old: given[new] for old, new in names.items() if new in given}
        outer = {"bottom": fields["bottom"], "top": fields["top"]}
        both = {"layer": inner, **outer}
        text += f"layers {{\n{_text(both, 'OldLayer', 1)}}}\n"
        blobs = b"".join(protobuf.message(50, _blob(each, True, False)) for each in layer.blobs)
        whole = protobuf.message(1, _message(inner, "FirstLayer") + blobs)
        data += protobuf.message(2, whole + _message(outer, "OldLayer"))
    return text, data


def _message(fields: Mapping[str, Any], kind: str) -> bytes:
    parts = []
    for name, value in fields.items():
        number, entry = _NUMBERS[kind][name]
        for each in value if isinstance(value, list) else [value]:
            if kind == "OldLayer" and name == "type":
                found = next(code for code, (_, new) in OLD_TYPES.items() if new == each)
                parts.append(protobuf.number(number, found))
            elif isinstance(each, Mapping):
                parts.append(protobuf.message(number, _message(each, entry.kind)))
            elif entry.kind == "text":
                parts.append(protobuf.message(number, each))
            elif entry.kind == "number":
                parts.append(protobuf.varint(number << 3 | 5) + struct.pack("<f", each))
            elif entry.kind == "words":
                parts.append(protobuf.number(number, entry.words.index(each)))
            else:
                parts.append(protobuf.number(number, int(each) % 2**64))
    return b"".join(parts)


def _blob(values: Array, old: bool, half: bool) -> bytes:
    if old:
        sizes = (1,) * (4 - values.ndim) + values.shape
        shape = b"".join(protobuf.number(at, size) for at, size in enumerate(sizes, start=1))
    else:
        dims = b"".join(protobuf.varint(size) for size in values.shape)
        shape = protobuf.message(7, protobuf.message(1, dims))
    if half:
        data = values.astype("<f2").tobytes()
        return shape + protobuf.number(10, 2) + protobuf.message(12, data)
    return shape + protobuf.message(5, values.astype("<f4").tobytes())


def binaryproto(values: Array) -> bytes:
    """A mean as Caffe writes it: 1 x channels x height x width."""
    return _blob(values, old=True, half=False)


# --- files ------------------------------------------------------------------------------------


def read_file(path: Path, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    return read(Source(path, WEIGHTS), input_size)


def read_pair(
    folder: Path, head: Mapping[str, Any], layers: Sequence[L], old: bool = False
) -> ReadNetwork:
    """Written as `net.prototxt` and `net.caffemodel`, read together."""
    (folder / "net.prototxt").write_text(as_text(head, layers, old))
    (folder / "net.caffemodel").write_bytes(as_bytes(head, layers, old))
    found = read_file(folder / "net.prototxt")
    assert found.with_weights is not None
    filled = found.with_weights(folder / "net.caffemodel")
    assert filled is not None
    return filled
