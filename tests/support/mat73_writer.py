"""Small .mat files as MATLAB writes them with '-v7.3', which Octave cannot.

HDF5 behind a header of 512 bytes; structs are groups, cells are data sets of references into
`#refs#`, texts are UTF-16 units, and the axes of arrays are turned round.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import h5py
import numpy as np

_NUMBERS = itertools.count()
HEADER = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"


def write(path: Path, variables: dict[str, Any]) -> None:
    """Write dictionaries as structs, tuples of them as struct arrays, and lists as cells.

    Arrays are written as they are in MATLAB.
    """
    with h5py.File(path, "w", userblock_size=512) as file:
        references = file.create_group("#refs#")
        for name, value in variables.items():
            _put(file, name, value, references)
    with path.open("r+b") as raw:
        raw.write(HEADER)


def _put(group: h5py.Group, name: str, value: Any, references: h5py.Group) -> None:
    if isinstance(value, dict):
        made = group.create_group(name)
        for field, member in value.items():
            _put(made, field, member, references)
        kind = "struct"
    elif isinstance(value, tuple):
        made = group.create_group(name)
        for field in value[0]:
            _references(made, field, [member[field] for member in value], references)
        kind = "struct"
    elif isinstance(value, list):
        made = _references(group, name, value, references)
        kind = "cell"
    elif isinstance(value, str):
        made = group.create_dataset(name, data=np.array([[ord(c)] for c in value], dtype="<u2"))
        kind = "char"
    else:
        made = group.create_dataset(name, data=np.asarray(value).T)
        kind = "single" if made.dtype == np.float32 else "double"
    made.attrs["MATLAB_class"] = np.bytes_(kind)


def _references(
    group: h5py.Group, name: str, values: list[Any], references: h5py.Group
) -> h5py.Dataset:
    """A data set of references to values, which are stored apart."""
    cells = np.empty((len(values), 1), dtype=h5py.ref_dtype)
    for index, member in enumerate(values):
        place = f"r{next(_NUMBERS)}"
        _put(references, place, member, references)
        cells[index, 0] = references[place].ref
    return group.create_dataset(name, data=cells, dtype=h5py.ref_dtype)


def simplenn(model: Any, tensors: dict[str, np.ndarray]) -> dict[str, Any]:
    """A SimpleNN network's variables, as MatConvNet stores them."""
    layers: list[dict[str, Any]] = []
    for layer in model.layers:
        if layer.kind == "pool":
            layers.append(
                {"name": layer.names["matconvnet"], "type": "pool", "method": "max"}
                | {"pool": np.array([[2.0, 2]]), "stride": np.array([[2.0, 2]])}
                | {"pad": np.array([[0.0, 1, 0, 1]])}
            )
            continue
        pad = 1.0 if layer.kind == "conv" else 0.0
        weights = [tensors[layer.kernel], tensors[layer.bias].reshape(1, -1)]
        layers.append(
            {"name": layer.parameters, "type": "conv", "weights": weights}
            | {"pad": np.full((1, 4), pad), "stride": np.array([[1.0, 1]])}
        )
        layers.append({"name": layer.names["matconvnet"], "type": layer.activation})
    normalization = {
        "imageSize": np.array([[*model.input_size, 3.0]]),
        "averageImage": np.array(model.mean_rgb, dtype=np.float32).reshape(1, 1, 3),
    }
    return {"layers": layers, "meta": {"normalization": normalization}}
