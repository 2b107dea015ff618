"""torchvision's state dict of a VGG network, as `torch.save` writes it.

Since PyTorch 1.6 that is a zip archive: a pickle that lists the tensors, and a file of plain
bytes for each. Before that (and in torchvision's published VGG files) it was a magic number, the
pickles and the bytes in sequence. Both are read without PyTorch, and nothing in them is run.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from netparity.files import raw, tensor_pickle, zip_file
from netparity.files.limits import MOST_HEADER_BYTES, DamagedError, reading
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.files.tensor_pickle import TensorRef
from netparity.networks import Network
from netparity.weights import torch_names
from netparity.weights.contents import Contents, Format, Tensors

SUFFIXES = (".pth", ".pt")

_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_HEAD = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_COUNT_BYTES = 8
_WRAPPERS = ("state_dict", "model_state_dict", "model")


def recognise(source: Source) -> bool:
    """Whether it begins with the magic number, or is an archive with a list of tensors."""
    if source.head.startswith(_LEGACY_HEAD):
        return True
    if source.head[:1] == b"\x80" and source.path.suffix in SUFFIXES:
        return True
    if not zip_file.looks_like(source.head):
        return False
    return any(name.split("/")[-1] == "data.pkl" for name in source.members)


def read(source: Source) -> Contents:
    """Read such a file.

    Raises:
        InputError: if it is damaged, contains other names, or would have to run code.
    """
    with reading(source.path, "torchvision's state dict"):
        archive = zip_file.looks_like(source.head)
        tensors = _from_archive(source.members) if archive else _legacy(source.path)
        return torch_names.contents(dict(tensors))


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the archive that `torch.load(..., weights_only=True)` reads."""
    arrays = torch_names.arrays_of(model, tensors)
    shapes = {name: shape for name, (shape, _) in arrays.items()}
    with zip_file.writing(path) as archive:
        zip_file.add(archive, "archive/data.pkl", [_pickle(shapes)])
        zip_file.add(archive, "archive/byteorder", [b"little"])
        for index, (_, values) in enumerate(arrays.values()):
            zip_file.add(archive, f"archive/data/{index}", values)
        zip_file.add(archive, "archive/version", [b"3\n"])


def _tensors(listed: Any) -> dict[str, TensorRef]:
    for wrapper in _WRAPPERS:
        if isinstance(listed, dict) and isinstance(listed.get(wrapper), dict):
            listed = listed[wrapper]
    if not isinstance(listed, dict) or not listed:
        raise DamagedError("it contains no dictionary of tensors")
    for name, tensor in listed.items():
        if not isinstance(name, str) or not isinstance(tensor, TensorRef):
            raise DamagedError(f"{str(name)[:80]!r} is not a tensor; save only the state dict")
    return listed


def _from_archive(members: Mapping[str, zip_file.Member]) -> Iterator[tuple[str, Stored]]:
    listing = next(name for name in members if name.split("/")[-1] == "data.pkl")
    root = listing.removesuffix("data.pkl")
    mark = "<"
    if (order := members.get(f"{root}byteorder")) is not None:
        mark = ">" if order.bytes(16) == b"big" else "<"
    pickled = io.BytesIO(members[listing].bytes(MOST_HEADER_BYTES))
    for name, tensor in _tensors(tensor_pickle.read(pickled)).items():
        dtype = np.dtype(mark + tensor.storage.dtype)
        member = members.get(f"{root}data/{tensor.storage.key}")
        if member is None:
            raise DamagedError(f"the values of {name[:80]!r} are missing")
        if member.size < (tensor.offset + int(np.prod(tensor.shape))) * dtype.itemsize:
            raise DamagedError(f"{name[:80]!r} claims shape {tensor.shape}, but has fewer values")
        yield name, member.array(name, tensor.shape, dtype, tensor.offset * dtype.itemsize)


def _legacy(path: Path) -> Iterator[tuple[str, Stored]]:
    with path.open("rb") as file:
        head = io.BytesIO(file.read(MOST_HEADER_BYTES))
        if tensor_pickle.read(head) != _MAGIC:
            raise DamagedError("it does not begin like a PyTorch file")
        tensor_pickle.read(head)  # the protocol version
        system = tensor_pickle.read(head)
        listed = _tensors(tensor_pickle.read(head))
        keys = tensor_pickle.read(head)
        if not isinstance(system, dict) or not isinstance(keys, list):
            raise DamagedError("it does not begin like a PyTorch file")
        mark = "<" if system.get("little_endian", True) else ">"
        storages = {tensor.storage.key: tensor.storage for tensor in listed.values()}
        offsets, at = {}, head.tell()
        for key in keys:
            if key not in storages:
                raise DamagedError("a storage belongs to none of the tensors")
            file.seek(at)
            count = int.from_bytes(file.read(_COUNT_BYTES), "little" if mark == "<" else "big")
            if count != storages[key].size:
                raise DamagedError(
                    f"a storage claims {storages[key].size:,} values, but has {count:,}"
                )
            offsets[key] = at + _COUNT_BYTES
            at += _COUNT_BYTES + count * np.dtype(storages[key].dtype).itemsize
    for name, tensor in listed.items():
        dtype = np.dtype(mark + tensor.storage.dtype)
        if tensor.storage.key not in offsets:
            raise DamagedError(f"the values of {name[:80]!r} are missing")
        start = offsets[tensor.storage.key] + tensor.offset * dtype.itemsize
        yield name, raw.stored(path, name, tensor.shape, dtype, start)


def _pickle(shapes: dict[str, tuple[int, ...]]) -> bytes:
    """The pickle of an ordered dictionary of float32 tensors; tensor i is in storage i."""
    parts = [b"\x80\x02", _global("collections", "OrderedDict"), b")R("]
    for index, (name, shape) in enumerate(shapes.items()):
        count = int(np.prod(shape, dtype=np.int64))
        strides = [int(np.prod(shape[axis + 1 :], dtype=np.int64)) for axis in range(len(shape))]
        place = [_text("storage"), _global("torch", "FloatStorage"), _text(str(index))]
        storage = b"".join([b"(", *place, _text("cpu"), _number(count), b"tQ"])
        tensor = [b"(", storage, _number(0), _numbers(shape), _numbers(strides), b"\x89"]
        tensor += [_global("collections", "OrderedDict"), b")Rt"]
        parts += [_text(name), _global("torch._utils", "_rebuild_tensor_v2"), *tensor, b"R"]
    return b"".join([*parts, b"u."])


def _text(text: str) -> bytes:
    data = text.encode()
    return b"X" + len(data).to_bytes(4, "little") + data


def _global(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _number(number: int) -> bytes:
    return b"J" + number.to_bytes(4, "little", signed=True)


def _numbers(numbers: tuple[int, ...] | list[int]) -> bytes:
    return b"(" + b"".join(map(_number, numbers)) + b"t"


FORMATS = (
    Format(
        "torchvision",
        "torchvision's state dict (.pth)",
        SUFFIXES,
        recognise,
        read,
        write,
    ),
)
