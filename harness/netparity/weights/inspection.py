"""The contents of a weight file, tensor by tensor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from netparity.watch import SILENT, Watch
from netparity.weights.canonical import Hashed
from netparity.weights.opened import WeightFile


@dataclass(frozen=True)
class Array:
    """One array: its name, its form in the file, and statistics of its values."""

    layer: str
    name: str
    stored_shape: tuple[int, ...]
    dtype: str
    shape: tuple[int, ...]
    smallest: float
    largest: float
    mean: float
    zeros: int


@dataclass(frozen=True)
class Inspection:
    """A whole weight file.

    Attributes:
        sha256: over names, shapes and values in the canonical layout.
        dropout: whether it lists dropout layers; None if it lists only layers with weights.
        reason: how the layout was determined.
    """

    path: str
    format: str
    title: str
    model: str
    parameters: int
    sha256: str
    layout: str
    reason: str
    dropout: bool | None
    notes: tuple[str, ...]
    arrays: tuple[Array, ...]

    def as_dict(self) -> dict[str, Any]:
        """All fields, for JSON."""
        return asdict(self)


def inspect(file: WeightFile, watch: Watch = SILENT) -> Inspection:
    """Read a file once from beginning to end.

    Raises:
        InputError: if an array cannot be read or holds NaN or infinite values.
    """
    hashed = Hashed(file.tensors(), file.model)
    arrays = []
    contents = file.contents
    with watch.task(f"reading {file.path.name}", len(hashed)) as task:
        for layer, pair in zip(file.model.parametric_layers, contents.pairs, strict=True):
            for stored, name in ((pair.kernel, layer.kernel), (pair.bias, layer.bias)):
                values = hashed[name]
                arrays.append(
                    Array(
                        name,
                        stored.name,
                        stored.shape,
                        str(stored.dtype.newbyteorder("=")),
                        values.shape,
                        float(values.min()),
                        float(values.max()),
                        float(values.mean(dtype=np.float64)),
                        int(values.size - np.count_nonzero(values)),
                    )
                )
                task.advance()
    return Inspection(
        path=str(file.path),
        format=file.format.name,
        title=file.format.title,
        model=file.model.name,
        parameters=sum(int(np.prod(array.shape)) for array in arrays),
        sha256=hashed.sha256,
        layout=contents.layout.describe(),
        reason=contents.reason,
        dropout=contents.dropout,
        notes=contents.notes,
        arrays=tuple(arrays),
    )
