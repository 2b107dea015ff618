"""The structure of a SimpleNN network, for every version of MATLAB files and of MatConvNet.

`layers` is a cell of structs; convolutions and dense layers are both of type `conv` with
`weights = {filters, biases}` (before MatConvNet 1.0-beta16: `filters`, `biases`). The .m script
runs whatever a file lists, so order, geometry and preprocessing are checked beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.files.limits import DamagedError
from netparity.files.matlab import Cell, Node, Struct, fields, numbers
from netparity.files.stored import Stored
from netparity.networks import Layer, Network
from netparity.weights import layer_names
from netparity.weights.contents import Contents, Pair
from netparity.weights.layout import Layout

LAYOUT = Layout("OIWH", "OIWH")

_GEOMETRY = ("stride", "pad", "pool", "dilate")
Fields = Mapping[str, Node]


def geometry(layer: Layer) -> dict[str, tuple[float, ...]]:
    """MatConvNet's fields for a layer's windows.

    Pools have a row and a column of padding, as in the published file, where the size is even and
    no window reaches it. At an odd size it would add a window.
    """
    if layer.kind == "pool":
        below, right = (1 - size % 2 for size in layer.input_shape[:2])
        return {"pool": (2, 2), "stride": (2, 2), "pad": (0, below, 0, right)}
    pad = 1.0 if layer.kind == "conv" else 0.0
    return {"pad": (pad,) * 4, "stride": (1, 1), "dilate": (1, 1)}


def listed(model: Network) -> Iterator[tuple[str, str, Layer]]:
    """Name and type of the network's layers in MatConvNet, where a ReLU is a layer of its own."""
    for layer in model.layers:
        if layer.kind == "pool":
            yield layer.names["matconvnet"], "pool", layer
            continue
        yield str(layer.parameters), "conv", layer
        yield layer.names["matconvnet"], str(layer.activation), layer


def contents(variables: Mapping[str, Node], path: Path, loads: bool) -> Contents:
    """The layers of a network.

    Args:
        variables: the variables of the file.
        loads: whether the .m script can load files of this version.

    Raises:
        DamagedError: if they contain no SimpleNN network.
    """
    if "layers" not in variables and "net" in variables:
        variables = fields(variables["net"], "net")
    if "layers" not in variables:
        raise DamagedError("it contains no 'layers', so it is not a SimpleNN network")
    layers = [fields(node, "a layer") for node in _members(variables["layers"])]
    meta = fields(variables["meta"], "meta") if "meta" in variables else {}
    old = "normalization" in variables
    normalization = variables.get("normalization", meta.get("normalization"))
    kept = [layer for layer in layers if layer.get("type") != "dropout"]
    before_beta16 = any("filters" in layer for layer in layers)
    has_dropout = len(kept) < len(layers)
    notes = []
    if normalization is None:
        notes.append(
            "it does not state the image preprocessing; that of the published file is used"
        )
    return Contents(
        pairs=tuple(_pairs(kept)),
        layout=LAYOUT,
        reason="MatConvNet's filters are height x width x input x output, by columns"
        + (" (written before 1.0-beta16)" if before_beta16 else ""),
        names=layer_names.of,
        dropout=has_dropout,
        as_it_is=loads and not (old or before_beta16 or has_dropout or normalization is None),
        check=lambda model: _check(kept, normalization, model, path),
        notes=tuple(notes),
    )


def _members(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Struct):
        return tuple(Struct((member,)) for member in node.members)
    if not isinstance(node, Cell):
        raise DamagedError("'layers' is not a cell")
    return node.members


def _pairs(layers: Sequence[Fields]) -> Iterator[Pair]:
    for layer in layers:
        both: tuple[Node | None, ...] = (layer.get("filters"), layer.get("biases"))
        if isinstance(weights := layer.get("weights"), Cell):
            both = (*weights.members, None, None)[:2]
        kernel, bias = both
        if kernel is None and bias is None:
            continue
        name = _text(layer, "name")
        if not isinstance(kernel, Stored) or not isinstance(bias, Stored):
            raise DamagedError(f"layer {name[:80]!r} lacks filters or biases")
        # MATLAB drops trailing axes of size 1; restore them.
        shape = (1,) * (4 - len(kernel.shape)) + kernel.shape
        yield Pair(
            name,
            replace(kernel, name=f"{name}.weights{{1}}", shape=shape),
            replace(bias, name=f"{name}.weights{{2}}"),
        )


def _text(layer: Fields, field: str, default: str = "") -> str:
    value = layer.get(field)
    return value if isinstance(value, str) and value else default


def _check(
    layers: Sequence[Fields], normalization: Node | None, model: Network, path: Path
) -> None:
    wanted = list(listed(model))
    pairs = zip(wanted, layers, strict=False)
    for place, ((name, kind, layer), listed_fields) in enumerate(pairs, start=1):
        found = (_text(listed_fields, "name"), _text(listed_fields, "type"))
        if found != (name, kind):
            raise InputError(
                f"weights {path}: layer {place} is {found[0][:80]!r} of type {found[1][:40]!r}; "
                f"{model.name} has {name!r} of type {kind!r} there"
            )
        if kind in ("conv", "pool"):
            _check_geometry(name, layer, listed_fields, path)
    if len(layers) != len(wanted):
        raise InputError(
            f"weights {path} list {len(layers)} layers; {model.name} has {len(wanted)}"
        )
    if normalization is not None:
        _check_normalization(normalization, model, path)


def _check_geometry(name: str, layer: Layer, stored: Fields, path: Path) -> None:
    for field, expected in geometry(layer).items():
        if field not in stored:
            continue
        found = numbers(stored[field])
        # A single number stands for all; a pool needs no padding, as it only meets even sizes.
        no_padding = layer.kind == "pool" and field == "pad" and not found.any()
        same = found.size in (1, len(expected)) and bool(np.all(found == _row(expected)))
        if not (same or no_padding):
            raise InputError(
                f"weights {path}: layer {name!r} has {field} {found.tolist()}, expected "
                f"{list(expected)}"
            )
    if layer.kind == "pool" and _text(stored, "method", "max") != "max":
        raise InputError(f"weights {path}: layer {name!r} does not use max pooling")


def _row(values: tuple[float, ...]) -> npt.NDArray[Any]:
    return np.array(values)


def _check_normalization(node: Node, model: Network, path: Path) -> None:
    """The script resizes to `imageSize` and subtracts `averageImage`."""
    normalization = fields(node, "normalization")
    size = numbers(normalization.get("imageSize"))[:2].tolist()
    if size != list(model.input_size):
        raise InputError(
            f"weights {path}: meta.normalization.imageSize is {size}; {model.name} takes "
            f"{list(model.input_size)}"
        )
    average = normalization.get("averageImage")
    if not isinstance(average, Stored) or average.size == 0 or average.size % 3:
        raise InputError(
            f"weights {path}: meta.normalization.averageImage does not have three channels"
        )
