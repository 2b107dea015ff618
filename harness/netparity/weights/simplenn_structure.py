"""The structure of a VGG network in SimpleNN, as it is written.

`layers` is a cell of structs; convolutions and dense layers are both of type `conv` with
`weights = {filters, biases}` (before MatConvNet 1.0-beta16: `filters`, `biases`).
"""

from __future__ import annotations

from collections.abc import Iterator

from netparity.files.matlab import Cell
from netparity.files.source import Source
from netparity.networks import Layer, Network
from netparity.networks.matconvnet.file import opened, struct_fields
from netparity.weights.layout import Layout

LAYOUT = Layout("OIWH", "OIWH")


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


def old(source: Source) -> bool:
    """Whether a file is from before MatConvNet 1.0-beta16.

    Filters and biases were fields of their own then, and `normalization` was at the top level.
    """
    file = opened(source)
    if file is None or not isinstance(file.layers, Cell):
        return False
    layers = [struct_fields(member) for member in file.layers.members]
    return "normalization" in file.rest or any("filters" in layer for layer in layers)
