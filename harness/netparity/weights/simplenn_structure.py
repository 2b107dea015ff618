"""Is a SimpleNN file the network that it is taken for?

The .m script runs whatever layers a file lists, so their order, geometry and preprocessing are
checked before anything starts; the numbers themselves are checked with every format's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.models import Model

_GEOMETRY = ("stride", "pad", "pool", "dilate")


def check(
    wanted: Sequence[dict[str, Any]],
    layers: npt.NDArray[Any],
    meta: npt.NDArray[Any] | None,
    model: Model,
    path: Path,
) -> None:
    """Compare a file's layers and `meta`, as scipy reads them, with those of the model.

    Raises:
        InputError: naming the first layer or field that differs.
    """
    found = [cell[0, 0] for cell in layers]
    for place, (layer, its) in enumerate(zip(wanted, found, strict=False), start=1):
        kind = (text(its, "name"), text(its, "type"))
        if kind != (layer["name"], layer["type"]):
            raise InputError(
                f"weights {path}: layer {place} is {kind[0]!r} of type {kind[1]!r}; "
                f"{model.name} has {layer['name']!r} of type {layer['type']!r} there"
            )
        _check_geometry(layer, its, path)
    if len(found) != len(wanted):
        raise InputError(f"weights {path} list {len(found)} layers; {model.name} has {len(wanted)}")
    if meta is None:
        raise InputError(f"weights {path} hold no 'meta', which the script needs")
    _check_meta(meta[0, 0], model, path)


def text(struct: Any, field: str, default: str = "") -> str:
    """A text field of a struct, or the default where it is missing or empty."""
    if field not in (struct.dtype.names or ()) or not struct[field].size:
        return default
    return str(struct[field].ravel()[0])


def _check_geometry(layer: dict[str, Any], its: Any, path: Path) -> None:
    for field in _GEOMETRY:
        if field not in layer or field not in its.dtype.names:
            continue
        expected, found = layer[field].ravel(), its[field].ravel()
        # One number stands for all, and a pool that reaches even sizes needs no padding.
        no_padding = layer["type"] == "pool" and field == "pad" and not found.any()
        same = found.size in (1, expected.size) and np.all(found == expected)
        if not (same or no_padding):
            raise InputError(
                f"weights {path}: layer {layer['name']!r} has {field} {found.tolist()}, expected "
                f"{expected.tolist()}"
            )
    if layer["type"] == "pool" and text(its, "method", "max") != "max":
        raise InputError(f"weights {path}: layer {layer['name']!r} does not pool by maximum")


def _check_meta(meta: Any, model: Model, path: Path) -> None:
    """The script resizes to `imageSize` and subtracts `averageImage`."""
    if "normalization" not in (meta.dtype.names or ()):
        raise InputError(f"weights {path}: meta has no normalization, which the script needs")
    normalization = meta["normalization"][0, 0]
    size = normalization["imageSize"].ravel()[:2].tolist()
    if size != list(model.input_size):
        raise InputError(
            f"weights {path}: meta.normalization.imageSize is {size}; {model.name} takes "
            f"{list(model.input_size)}"
        )
    if normalization["averageImage"].size == 0 or normalization["averageImage"].size % 3:
        raise InputError(f"weights {path}: meta.normalization.averageImage has not three channels")
