"""Files of safetensors as other tools write them: any names, types and metadata, in shards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

TYPES = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "<i8": "I64", "<i4": "I32", "|i1": "I8"}
TYPES |= {"|u1": "U8", "|b1": "BOOL", "<i2": "I16", "<u4": "U32", "<u8": "U64"}
TYPES |= {"<u2": "BF16"}
"""Of bfloat16 the bits are given."""


def write(path: Path, arrays: Mapping[str, np.ndarray], metadata: Any = None) -> Path:
    """Write the arrays in the order in which they are given."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    data = b""
    for name, values in arrays.items():
        place = [len(data), len(data) + values.nbytes]
        kind = TYPES[values.dtype.str]
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": place}
        data += values.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def write_shards(folder: Path, arrays: Mapping[str, np.ndarray], count: int) -> Path:
    """Write the arrays to several files in turn; the path of their index."""
    names = [f"model-{number:05}-of-{count:05}.safetensors" for number in range(1, count + 1)]
    places = {name: names[place % count] for place, name in enumerate(arrays)}
    for file in names:
        part = {name: arrays[name] for name, place in places.items() if place == file}
        write(folder / file, part, {"format": "pt"})
    return write_index(folder, places)


def write_index(folder: Path, places: Any) -> Path:
    """Write an index alone."""
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": places}))
    return index
