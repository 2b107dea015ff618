"""How tools find the nodes of the graph in the user's own ONNX file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from netparity.networks.graph import Network
from netparity.networks.node import Shape
from netparity.networks.reading.base import InFile
from netparity.networks.reading.onnx.file import Parsed
from netparity.networks.reading.onnx.inputs import ANY_NUMBER
from netparity.networks.reading.onnx.translating import Reading
from netparity.networks.reading.onnx.values import CHANNELS_LAST, Value, natural_axes

_FLOAT32 = 1


def in_file(parsed: Parsed, reading: Reading, names: Mapping[str, str], network: Network) -> InFile:
    """What the tools have to know that load the file itself.

    Args:
        names: of the network's nodes, by the names under which they were read.
    """
    images = None if reading.images == ANY_NUMBER[0] else reading.images
    return InFile(_values(reading, names, network), images, _problem(parsed, reading, network))


def _values(reading: Reading, names: Mapping[str, str], network: Network) -> dict[str, str]:
    """Node to its output in the file, where that has the channels first.

    Extractors give features their own order, as they do for the files that netparity writes.
    """
    found: dict[str, str] = {}
    for tensor, value in reading.tensors.items():
        if not isinstance(value, Value) or tensor not in reading.calls:
            continue
        node = names.get(value.node)
        if node is None or value.shape != network.shapes[node]:
            continue
        if value.axes == natural_axes(value.rank):
            found.setdefault(node, tensor)
    return found


def _problem(parsed: Parsed, reading: Reading, network: Network) -> str:
    """Why an extractor cannot feed the file."""
    given = [entry for entry in parsed.model.graph.input if entry.name not in parsed.initializers]
    if len(given) != 1:
        return f"it has {len(given)} inputs"
    [entry] = given
    kinds = {constant.dtype for constant in parsed.initializers.values()}
    if entry.type.tensor_type.elem_type != _FLOAT32 or any(
        kind.kind == "f" and kind != np.float32 for kind in kinds
    ):
        return "it does not hold float32 numbers alone"
    value = reading.tensors[entry.name]
    assert isinstance(value, Value)
    stated = [
        dim.dim_value if dim.dim_value > 0 else None for dim in entry.type.tensor_type.shape.dim
    ]
    shape = network.image.shape
    is_last = value.rank == len(CHANNELS_LAST) and value.axes == CHANNELS_LAST
    if not is_last and value.axes != natural_axes(value.rank):
        return "its input has an unusual order of axes"
    if is_last != _looks_channels_last(stated[1:], shape):
        return "the order of its input's axes cannot be told from their sizes"
    return ""


def _looks_channels_last(stated: Sequence[int | None], shape: Shape) -> bool:
    """What `takes_channels_last` in python/onnx_stack.py makes of the sizes."""
    if len(shape) != 3:
        return False
    first = (shape[2], *shape[:2])
    return any(size not in (None, own) for size, own in zip(stated, first, strict=True))
