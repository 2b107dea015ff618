"""The containers that `torch.save` writes: what they list, and where the values of tensors lie.

Since PyTorch 1.6 that is a zip archive: a pickle that lists the tensors, and a file of plain bytes
for each storage. Before that it was a magic number, the pickles and the bytes in sequence.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from netparity.files import raw, tensor_pickle, tensor_views, zip_file
from netparity.files.limits import (
    MOST_HEADER_BYTES,
    NAME_SHOWN,
    WEIGHTS,
    CutOffError,
    DamagedError,
    check_size,
)
from netparity.files.pickled_objects import StorageRef, TensorRef
from netparity.files.stored import Stored

_MAGIC_PICKLED = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_MAGIC_WITHIN = 40
_MAGIC = 0x1950A86A20F9469CFC6C
_COUNT_BYTES = 8
_FEW_INSTRUCTIONS = 1000


@dataclass(frozen=True)
class Saved:
    """What `torch.save` was given.

    Attributes:
        value: dictionaries, lists, numbers, texts, tensors and placeholders.
        stored: the array of a tensor, by the name that it is to have.
        steps: how much was read to learn this: the instructions of pickles and the files listed.
    """

    value: Any
    stored: Callable[[str, TensorRef], Stored]
    steps: int


def is_legacy(head: bytes) -> bool:
    """Whether a file that begins so was written by `torch.save` in the format of before 1.6."""
    return head[:1] == b"\x80" and _MAGIC_PICKLED in head[:_MAGIC_WITHIN]


def listing_of(members: Mapping[str, zip_file.Member]) -> str | None:
    """The name of the pickle that lists the tensors of an archive."""
    return next((name for name in members if name.split("/")[-1] == "data.pkl"), None)


def in_archive(members: Mapping[str, zip_file.Member]) -> Saved:
    """Read an archive.

    Raises:
        DamagedError: if it lists no tensors, or its pickle is not one of PyTorch's.
    """
    listing = listing_of(members)
    if listing is None:
        raise DamagedError("it holds no data.pkl, which lists the tensors")
    if members[listing].size > MOST_HEADER_BYTES:
        raise DamagedError(
            f"its list of tensors has {members[listing].size:,} bytes where at most "
            f"{MOST_HEADER_BYTES:,} are read, so it holds large objects that are not tensors, such "
            "as NumPy arrays; save the state dict alone"
        )
    root = listing.removesuffix("data.pkl")
    order = members.get(f"{root}byteorder")
    mark = ">" if order is not None and order.bytes(16) == b"big" else "<"
    pickled = tensor_pickle.read(io.BytesIO(members[listing].bytes(MOST_HEADER_BYTES)))

    def flat(name: str, tensor: TensorRef, dtype: np.dtype[np.generic], first: int) -> Stored:
        member = members.get(f"{root}data/{tensor.storage.key}")
        if member is None:
            raise DamagedError(f"the values of {name[:NAME_SHOWN]!r} are missing")
        if member.size < first + tensor.span * dtype.itemsize:
            raise DamagedError(
                f"{name[:NAME_SHOWN]!r} claims shape {tensor.shape}, but has fewer values"
            )
        return member.array(name, (tensor.span,), dtype, first)

    steps = pickled.instructions + len(members)
    return Saved(pickled.value, lambda name, tensor: _array(name, tensor, mark, flat), steps)


def legacy(path: Path) -> Saved:
    """Read a file of before PyTorch 1.6.

    Raises:
        DamagedError: if it is not one.
        CutOffError: if it ends before the values do.
    """
    with path.open("rb") as file:
        head = io.BytesIO(file.read(MOST_HEADER_BYTES))
        if tensor_pickle.read(head, _FEW_INSTRUCTIONS).value != _MAGIC:
            raise DamagedError("it does not begin like a PyTorch file")
        tensor_pickle.read(head, _FEW_INSTRUCTIONS)  # the protocol version
        system = tensor_pickle.read(head, _FEW_INSTRUCTIONS).value
        pickled = tensor_pickle.read(head)
        keys = tensor_pickle.read(head, 8 * WEIGHTS.members).value
        if not isinstance(system, dict) or not isinstance(keys, list):
            raise DamagedError("it does not begin like a PyTorch file")
        mark = "<" if system.get("little_endian", True) else ">"
        offsets = _offsets(file, head.tell(), keys, pickled.storages, mark)

    def flat(name: str, tensor: TensorRef, dtype: np.dtype[np.generic], first: int) -> Stored:
        if tensor.storage.key not in offsets:
            raise DamagedError(f"the values of {name[:NAME_SHOWN]!r} are missing")
        return raw.stored(path, name, (tensor.span,), dtype, offsets[tensor.storage.key] + first)

    steps = pickled.instructions + len(keys)
    return Saved(pickled.value, lambda name, tensor: _array(name, tensor, mark, flat), steps)


def _offsets(
    file: IO[bytes], at: int, keys: list[Any], storages: Mapping[str, StorageRef], mark: str
) -> dict[str, int]:
    """Where the values of each storage begin."""
    offsets: dict[str, int] = {}
    for key in keys:
        if not isinstance(key, str) or key not in storages:
            raise DamagedError("a storage belongs to none of the tensors")
        file.seek(at)
        if len(counted := file.read(_COUNT_BYTES)) < _COUNT_BYTES:
            raise CutOffError("it ends before the values of its tensors do")
        count = int.from_bytes(counted, "little" if mark == "<" else "big")
        if count != storages[key].whole:
            raise DamagedError(
                f"a storage claims {storages[key].whole:,} values, but has {count:,}"
            )
        offsets[key] = at + _COUNT_BYTES
        at += _COUNT_BYTES + count * storages[key].itemsize
    return offsets


def _array(
    name: str,
    tensor: TensorRef,
    mark: str,
    flat: Callable[[str, TensorRef, np.dtype[np.generic], int], Stored],
) -> Stored:
    narrow = tensor.dtype == tensor_views.BFLOAT16
    dtype = np.dtype(mark + ("u2" if narrow else tensor.dtype))
    check_size(name, tensor.shape, dtype, WEIGHTS)
    size = math.prod(tensor.shape)
    if not WEIGHTS.allows(size * dtype.itemsize, tensor.span * dtype.itemsize):
        raise DamagedError(
            f"{name[:NAME_SHOWN]!r} claims shape {tensor.shape} and has {tensor.span:,} values"
        )
    if tensor.span == 0:
        values = Stored(name, tensor.shape, dtype, lambda start, stop: np.empty(0, dtype))
    else:
        first = tensor.storage.start * tensor.storage.itemsize + tensor.offset * dtype.itemsize
        values = flat(name, tensor, dtype, first)
        values = tensor_views.strided(values, tensor.shape, tensor.strides)
    return tensor_views.from_bfloat16(values) if narrow else values
