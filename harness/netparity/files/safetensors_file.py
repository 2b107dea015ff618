"""safetensors: a header in JSON, then every array's bytes.

The library checks the header and maps the file into memory; we read the bytes ourselves, since a
mapped file counts as memory of the process. Format: the `safetensors` project's README, "Format".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.files import raw, tensor_views
from netparity.files.limits import MOST_AXES, NAME_SHOWN, WEIGHTS, DamagedError
from netparity.files.stored import Stored

FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
NUMBERS = FLOATS | {"BF16": "<u2", "BOOL": "?", "I8": "<i1", "U8": "<u1", "I16": "<i2"}
NUMBERS |= {"U16": "<u2", "I32": "<i4", "U32": "<u4", "I64": "<i8", "U64": "<u8"}
"""NumPy's names of the types; bfloat16 is read as its bits and made float32, which is exact."""

MOST_HEADER_BYTES = 2**23
"""For 10,000 arrays, 800 bytes each. A header of small texts takes 20 times as much memory."""

_WRITTEN_BY = re.compile(rb'"__metadata__"\s*:\s*\{[^{}]{0,200}"format"\s*:\s*"([a-z]{2,4})"')
_NUMBER_BYTES = 8
_ALIGNMENT = 8


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is one of safetensors."""
    return len(head) > _NUMBER_BYTES and head[8:9] == b"{" and head[6:8] == b"\0\0"


def written_by(head: bytes) -> str | None:
    """The `format` in the metadata of a file that begins so: `pt`, `tf`, `flax`, `np`, `mlx`."""
    match = _WRITTEN_BY.search(head)
    return match[1].decode() if match else None


def header_bytes(path: Path) -> int:
    """The size of a file's header.

    Raises:
        DamagedError: if it is not safetensors or claims too much.
    """
    with path.open("rb") as file:
        head = file.read(2 * _NUMBER_BYTES)
    if head[_NUMBER_BYTES : _NUMBER_BYTES + 1] != b"{":
        raise DamagedError(f"{path.name} does not begin like safetensors")
    size = int.from_bytes(head[:_NUMBER_BYTES], "little")
    if size > MOST_HEADER_BYTES:
        raise DamagedError(f"the header of {path.name} claims {size:,} bytes")
    return size


def read(path: Path, types: Mapping[str, str] = FLOATS) -> tuple[dict[str, Stored], dict[str, str]]:
    """The arrays and the metadata.

    Args:
        types: those that are read; any other is refused.

    Raises:
        DamagedError: if the header is damaged, or an array is of another type.
    """
    from safetensors import SafetensorError, safe_open

    size = header_bytes(path)
    with path.open("rb") as file:
        file.seek(_NUMBER_BYTES)
        text = file.read(size)
    try:
        with safe_open(path, framework="numpy"):  # the library's own checks of the header
            header: dict[str, Any] = json.loads(text)
    except SafetensorError as error:
        raise DamagedError(f"its header is damaged: {error}") from error
    metadata: dict[str, str] = header.pop("__metadata__", None) or {}
    if len(header) > WEIGHTS.members:
        raise DamagedError(f"it lists {len(header):,} arrays")
    arrays = {}
    for name, entry in header.items():
        kind = entry["dtype"]
        if kind not in types:
            raise DamagedError(
                f"{name[:NAME_SHOWN]!r} is of type {kind[:20]!r}; expected {', '.join(types)}"
            )
        if len(entry["shape"]) > MOST_AXES:
            raise DamagedError(f"{name[:NAME_SHOWN]!r} has {len(entry['shape']):,} axes")
        offset = _NUMBER_BYTES + size + entry["data_offsets"][0]
        stored = raw.stored(path, name, entry["shape"], np.dtype(types[kind]), offset)
        arrays[name] = tensor_views.from_bfloat16(stored) if kind == "BF16" else stored
    return arrays, metadata


def write(
    path: Path,
    arrays: Mapping[str, tuple[tuple[int, ...], Iterable[npt.NDArray[np.float32]]]],
    metadata: Mapping[str, str],
) -> None:
    """Write float32 arrays, each given as its shape and its values in pieces."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name, (shape, _) in arrays.items():
        end = at + 4 * int(np.prod(shape, dtype=np.int64))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(_NUMBER_BYTES, "little") + text)
        for _, values in arrays.values():
            for piece in values:
                file.write(piece.astype("<f4", copy=False).data)
