"""MatConvNet's DagNN `.mat` in its saved form: structures of layers, parameters and variables.

A node has the name of its output variable, and the layer's name as an alias. Losses, errors and
what reads them are left out with a note; what they alone read is left out too, such as the label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from netparity.errors import InputError
from netparity.files.limits import reading
from netparity.files.matlab import Cell, Node, Struct
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.networks.checking import in_order
from netparity.networks.matconvnet.file import (
    McnFile,
    looks_like,
    opened,
    required,
    struct_fields,
    texts,
)
from netparity.networks.matconvnet.normalization import Size, input_of
from netparity.networks.node import GraphError
from netparity.networks.node import Node as Computed
from netparity.networks.reading.base import Reader, ReadNetwork
from netparity.networks.reading.matconvnet_assembly import KIND, Assembly

NAME = "dagnn"
_FOR_TRAINING = ("Loss", "Error", "Accuracy")
"""How the names of blocks end that compare a prediction with labels, users' own among them."""


@dataclass(frozen=True)
class _Layer:
    """One layer, with the variables that it reads and the one that it makes."""

    layer: str
    kind: str
    inputs: tuple[str, ...]
    name: str
    parameters: tuple[str, ...]
    block: Mapping[str, Node]


def recognises(source: Source) -> bool:
    """Whether it is one of MATLAB's files and has a structure of layers."""
    if not looks_like(source):
        return False
    try:
        found = opened(source)
    except InputError:
        return False  # which the reader of SimpleNN raises
    return found is not None and found.is_dag


def read(source: Source, input_size: Size | None = None) -> ReadNetwork:
    """Read such a file.

    Args:
        input_size: height and width, if the file does not state them or others are wanted.

    Raises:
        InputError: if the file is damaged, or a layer is not understood; it is named.
    """
    with reading(source.path, KIND, "network"):
        return network_of(required(source), source.path, input_size)


def network_of(file: McnFile, path: Path, input_size: Size | None = None) -> ReadNetwork:
    """The network that a file's structure states.

    Raises:
        InputError: if a layer is not understood; it is named.
    """
    assert isinstance(file.layers, Struct)
    notes: list[str] = []
    layers = list(_without_losses(file.layers, notes))
    values = _parameters(file.rest.get("params"))
    made_here = {layer.name for layer in layers}
    inputs = dict.fromkeys(
        name for layer in layers for name in layer.inputs if name not in made_here
    )
    stated = [
        input_of(
            name,
            file.meta if place == 0 else {**file.meta, "normalization": Cell(())},
            _channels(layers, values, name),
            input_size,
        )
        for place, name in enumerate(inputs)
    ]
    if len(stated) > 1:
        notes.append(f"it has {len(stated)} inputs: {', '.join(inputs)[:200]}")
    made = Assembly(
        path,
        NAME,
        tuple(entry.entry for entry in stated),
        dict(stated[0].tensors) if stated else {},
        [*(note for entry in stated[:1] for note in entry.notes), *notes],
    )
    for layer in _in_order(layers):
        parameters = [_parameter(layer, name, values) for name in layer.parameters]
        made.add(layer.name, layer.kind, layer.inputs, layer.block, parameters, layer.name)
        if layer.layer != layer.name:
            made.aliases[layer.layer] = layer.name
    return made.finished()


def _without_losses(layers: Struct, notes: list[str]) -> Iterator[_Layer]:
    """The layers that predict; what reads a loss is for training too, such as a sum of losses."""
    left_out: set[str] = set()
    found = [_layer(member, place) for place, member in enumerate(layers.members, start=1)]
    for layer in found:
        if layer.kind.endswith(_FOR_TRAINING):
            left_out.add(layer.name)
    grown = True
    while grown and left_out:
        more = {layer.name for layer in found if left_out.intersection(layer.inputs)}
        grown = not more <= left_out
        left_out |= more
    for layer in found:
        if layer.name not in left_out:
            yield layer
        else:
            notes.append(
                f"layer {layer.layer[:80]!r} ({layer.kind[:40]}) is left out: it is for training"
            )


def _layer(member: Mapping[str, Node], place: int) -> _Layer:
    name = member.get("name")
    layer = name if isinstance(name, str) and name else f"layer{place}"
    found = member.get("type")
    kind = found.removeprefix("dagnn.") if isinstance(found, str) else "no type"
    inputs, outputs, parameters = (
        texts(member.get(field)) for field in ("inputs", "outputs", "params")
    )
    if parameters is None:
        raise GraphError(f"node {layer[:80]!r} ({kind[:40]}) has no list of parameters")
    if not inputs or not outputs or len(outputs) > 1:
        raise GraphError(
            f"node {layer[:80]!r} ({kind[:40]}) names {len(inputs or ())} inputs and "
            f"{len(outputs or ())} outputs, expected one output and at least one input"
        )
    block = struct_fields(member.get("block"))
    return _Layer(layer, kind, tuple(inputs), outputs[0], tuple(parameters), block)


def _in_order(layers: Sequence[_Layer]) -> Iterator[_Layer]:
    """The layers, each after those that it reads."""
    by_name = {layer.name: layer for layer in layers}
    if len(by_name) < len(layers):
        twice = next(name for name, count in Counter(e.name for e in layers).items() if count > 1)
        raise GraphError(f"two layers make the variable {twice[:80]!r}")
    for node in in_order([Computed(e.name, e.kind[:40], e.inputs) for e in layers]):
        yield by_name[node.name]


def _parameters(params: Node | None) -> Mapping[str, Node]:
    if not isinstance(params, Struct):
        return {}
    found: dict[str, Node] = {}
    for member in params.members:
        name = member.get("name")
        if isinstance(name, str) and "value" in member:
            found.setdefault(name, member["value"])
    return found


def _parameter(layer: _Layer, name: str, values: Mapping[str, Node]) -> Node:
    if name not in values:
        raise GraphError(
            f"node {layer.name[:80]!r} ({layer.kind[:40]}): its parameter {name[:80]!r} is missing"
        )
    return values[name]


def _channels(layers: Sequence[_Layer], values: Mapping[str, Node], name: str) -> int | None:
    """What the first convolution takes that reads an input."""
    for layer in layers:
        if layer.kind == "Conv" and name in layer.inputs and layer.parameters:
            filters = values.get(layer.parameters[0])
            if isinstance(filters, Stored) and filters.size:
                shape = filters.shape[::-1]
                return shape[2] if len(shape) > 2 else 1
    return None


READER = Reader(
    NAME,
    "MatConvNet DagNN .mat",
    (".mat",),
    recognises,
    read,
    tool="MatConvNet",
    brought="DagNN, also in a variable `net`",
)
