"""Reading a .safetensors file: a header in JSON, then the bytes of every array.

Format: README of the `safetensors` project, section "Format". Arrays are float32.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

MOST_HEADER_BYTES = 100 * 2**20


class TensorsError(ValueError):
    """The file is not a .safetensors file with float32 arrays."""


def read_tensors(path: str | Path) -> Mapping[str, np.ndarray]:
    """Return every array by name, float32, mapped into memory and read-only.

    Raises TensorsError naming the file and the array, and OSError if the file cannot be read.
    """
    values = np.memmap(path, np.uint8, "r") if Path(path).stat().st_size else np.zeros(0, np.uint8)
    length = int.from_bytes(values[:8].tobytes(), "little")
    if len(values) < 8 or length > min(len(values) - 8, MOST_HEADER_BYTES):
        raise TensorsError(f"weights file '{path}' is cut, or not a .safetensors file")
    try:
        header = json.loads(values[8 : 8 + length].tobytes())
    except ValueError as error:
        raise TensorsError(f"weights file '{path}' has a header that is not JSON") from error
    if not isinstance(header, dict):
        raise TensorsError(f"weights file '{path}' has a header that is not a JSON object")
    header.pop("__metadata__", None)
    body = values[8 + length :]
    return {name: _array(path, name, entry, body) for name, entry in header.items()}


def _array(path: str | Path, name: str, entry: Any, body: np.ndarray) -> np.ndarray:
    try:
        kind, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, begin, end]
    except (KeyError, TypeError, ValueError) as error:
        raise TensorsError(
            f"weights file '{path}': {name!r} has no type, shape, offsets"
        ) from error
    if kind != "F32":
        raise TensorsError(f"weights file '{path}': {name!r} is {kind!r}, expected 'F32' (float32)")
    whole = all(type(number) is int and number >= 0 for number in numbers)
    if not whole or end > len(body) or end - begin != 4 * math.prod(shape):
        raise TensorsError(
            f"weights file '{path}': {name!r} of shape {shape} does not fit its bytes "
            f"{begin} to {end} of {len(body)}"
        )
    return np.frombuffer(body[begin:end], "<f4").reshape(shape)
