"""The contents of a weight file, tensor by tensor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from netparity.watch import SILENT, Watch
from netparity.weights.canonical import Hashed
from netparity.weights.opened import WeightFile
from netparity.weights.origin import origin_sentence


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
        left_out: what the file holds besides.
        origin: where the weights come from, if their values tell.
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
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    origin: str | None
    arrays: tuple[Array, ...]

    def as_dict(self) -> dict[str, Any]:
        """All fields, for JSON."""
        return asdict(self)


def inspect(file: WeightFile, watch: Watch = SILENT) -> Inspection:
    """Read a file once from beginning to end.

    Raises:
        InputError: if an array cannot be read or holds NaN or infinite values.
    """
    hashed = Hashed(file.tensors, file.model)
    arrays = []
    with watch.task(f"reading {file.path.name}", len(hashed)) as task:
        for name in file.model.tensors:
            values, place = hashed[name], file.places[name]
            arrays.append(
                Array(
                    name,
                    place.name,
                    place.shape,
                    place.dtype,
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
        format=file.format,
        title=file.title,
        model=file.model.name,
        parameters=sum(int(np.prod(array.shape)) for array in arrays),
        sha256=hashed.sha256,
        layout=file.layout,
        reason=file.reason,
        dropout=file.dropout,
        left_out=file.left_out,
        notes=file.notes,
        origin=origin_sentence(file.model, file.tensors),
        arrays=tuple(arrays),
    )
