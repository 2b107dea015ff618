"""safetensors: a header in JSON, then every array's bytes.

The library checks the header and maps the file into memory; we read the bytes ourselves, since a
mapped file counts as memory of the process. Format: the `safetensors` project's README, "Format".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.files import raw
from netparity.files.limits import MOST_HEADER_BYTES, NAME_SHOWN, WEIGHTS, DamagedError
from netparity.files.stored import Stored

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_NUMBER_BYTES = 8
_ALIGNMENT = 8


def looks_like(head: bytes) -> bool:
    """Whether a file that begins so is one of safetensors."""
    return len(head) > _NUMBER_BYTES and head[8:9] == b"{" and head[6:8] == b"\0\0"


def read(path: Path) -> tuple[dict[str, Stored], dict[str, str]]:
    """The arrays and the metadata.

    Raises:
        DamagedError: if an array is of a type that no weights have.
        safetensors.SafetensorError: if the header is not what it should be.
    """
    from safetensors import safe_open

    with path.open("rb") as file:
        size = int.from_bytes(file.read(_NUMBER_BYTES), "little")
        if size > MOST_HEADER_BYTES:
            raise DamagedError(f"its header claims {size:,} bytes")
        text = file.read(size)
    with safe_open(path, framework="numpy"):  # the library's own checks of the header
        header: dict[str, Any] = json.loads(text)
    metadata: dict[str, str] = header.pop("__metadata__", None) or {}
    if len(header) > WEIGHTS.members:
        raise DamagedError(f"it lists {len(header):,} arrays")
    arrays = {}
    for name, entry in header.items():
        if entry["dtype"] not in _TYPES:
            raise DamagedError(
                f"{name[:NAME_SHOWN]!r} is of type {entry['dtype'][:20]!r}, no float"
            )
        offset = _NUMBER_BYTES + size + entry["data_offsets"][0]
        arrays[name] = raw.stored(
            path, name, entry["shape"], np.dtype(_TYPES[entry["dtype"]]), offset
        )
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
