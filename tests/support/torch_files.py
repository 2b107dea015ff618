"""Files as `torch.save` writes them, made without PyTorch: any objects, any strides, any type."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netparity.errors import InputError
from netparity.files.limits import WEIGHTS
from netparity.files.source import Source
from netparity.weights.formats import torchvision_pth
from netparity.weights.listing import Listing

MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {"f4": "Float", "f8": "Double", "f2": "Half", "i8": "Long", "u1": "Byte", "b1": "Bool"}


@dataclass
class Global:
    """A function or class by its module and name."""

    module: str
    name: str


@dataclass
class Call:
    """What a function returns, with the attributes that are then set."""

    function: Any
    arguments: tuple = ()
    state: Any = None


@dataclass
class New:
    """An object of a class, with its attributes and, for a dictionary, its items."""

    class_: Global
    state: Any = None
    items: dict = field(default_factory=dict)


@dataclass
class Tensor:
    """Values in a storage; by default all of it, by rows."""

    values: np.ndarray
    shape: tuple[int, ...] | None = None
    strides: tuple[int, ...] | None = None
    offset: int = 0
    kind: str | None = None
    rebuild: str = "_rebuild_tensor_v2"
    view: tuple[int, int] | None = None


ORDERED = Global("collections", "OrderedDict")
NAMESPACE = Global("argparse", "Namespace")


def listed(path: Path) -> Listing:
    """The tensors of a file of PyTorch's."""
    source = Source(path, WEIGHTS)
    assert torchvision_pth.recognise(source)
    return torchvision_pth.listing(source)


def refused(path: Path) -> str:
    """Why a file is not read."""
    with pytest.raises(InputError) as caught:
        listed(path)
    return str(caught.value)


def tensor(*shape: int, dtype: str = "f4") -> Tensor:
    """Numbers from 0."""
    return Tensor(np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(f"<{dtype}"))


def state_dict(*names: str) -> dict[str, Tensor]:
    """A kernel and a bias for each name."""
    made = {}
    for name in names:
        made |= {f"{name}.weight": tensor(2, 3, 3, 3), f"{name}.bias": tensor(2)}
    return made


def optimizer(count: int) -> dict[str, Any]:
    """The state of Adam for some parameters."""
    state = {
        index: {"step": 3, "exp_avg": tensor(2, 3), "exp_avg_sq": tensor(2, 3)}
        for index in range(count)
    }
    return {"state": state, "param_groups": [{"lr": 0.1, "params": list(range(count))}]}


def module(class_: Global, **children: Any) -> New:
    """A whole model: parameters and modules."""
    parameters = {key: each for key, each in children.items() if isinstance(each, Tensor)}
    modules = {key: each for key, each in children.items() if not isinstance(each, Tensor)}
    return New(class_, {"training": True, "_parameters": parameters, "_modules": modules})


class Pickler:
    """Writes the instructions of protocol 2 and collects the storages."""

    def __init__(self) -> None:
        self.storages: list[np.ndarray] = []

    def dump(self, value: Any) -> bytes:
        return b"\x80\x02" + self.code(value) + b"."

    def code(self, value: Any) -> bytes:
        match value:
            case None:
                return b"N"
            case bool():
                return b"\x88" if value else b"\x89"
            case int() if abs(value) < 2**31:
                return b"J" + struct.pack("<i", value)
            case int():
                data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
                return b"\x8a" + bytes([len(data)]) + data
            case float():
                return b"G" + struct.pack(">d", value)
            case str():
                return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
            case list():
                return b"](" + b"".join(map(self.code, value)) + b"e"
            case tuple():
                return b"(" + b"".join(map(self.code, value)) + b"t"
            case dict():
                return b"}" + self._items(value)
            case Global():
                return f"c{value.module}\n{value.name}\n".encode()
            case Call():
                made = self.code(value.function) + self.code(value.arguments) + b"R"
                return made + (self.code(value.state) + b"b" if value.state is not None else b"")
            case New():
                made = self.code(value.class_) + b")\x81" + self._items(value.items)
                return made + (self.code(value.state) + b"b" if value.state is not None else b"")
            case Tensor():
                return self._tensor(value)
        raise TypeError(type(value))

    def _items(self, items: Mapping[Any, Any]) -> bytes:
        pairs = (self.code(key) + self.code(item) for key, item in items.items())
        return b"(" + b"".join(pairs) + b"u"

    def _tensor(self, value: Tensor) -> bytes:
        values, key = value.values, str(len(self.storages))
        self.storages.append(values)
        kind = value.kind or STORAGES[values.dtype.str[1:]]
        storage = ["storage", Global("torch", f"{kind}Storage"), key, "cpu", values.size]
        if value.view is not None:
            storage.append(("v" + key, *value.view))
        shape = values.shape if value.shape is None else value.shape
        strides = value.strides
        if strides is None:
            strides = tuple(int(np.prod(shape[axis + 1 :])) for axis in range(len(shape)))
        persistent = self.code(tuple(storage)) + b"Q"
        rest = (value.offset, shape, strides, False, Call(ORDERED))
        arguments = b"(" + persistent + b"".join(map(self.code, rest)) + b"t"
        return self.code(Global("torch._utils", value.rebuild)) + arguments + b"R"


def save(path: Path, value: Any, compression: int = zipfile.ZIP_STORED, **members: bytes) -> Path:
    """An archive as of PyTorch 1.6; `members` are further files in it."""
    pickler = Pickler()
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickler.dump(value))
        for key, values in enumerate(pickler.storages):
            archive.writestr(f"archive/data/{key}", values.tobytes())
        for name, data in members.items():
            archive.writestr(f"archive/{name}", data)
    return path


def in_archive(path: Path, pickled: bytes) -> Path:
    """An archive with a pickle that lists no storage of its own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickled)
    return path


def save_legacy(path: Path, value: Any) -> Path:
    """The format of before PyTorch 1.6."""
    pickler = Pickler()
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    parts = [pickler.dump(each) for each in (MAGIC, 1001, system, value)]
    keys = [str(key) for key in range(len(pickler.storages))]
    parts.append(pickler.dump(keys))
    for values in pickler.storages:
        parts += [struct.pack("<q", values.size), values.tobytes()]
    path.write_bytes(b"".join(parts))
    return path
