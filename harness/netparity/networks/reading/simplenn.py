"""MatConvNet's SimpleNN `.mat`: a chain of layers, written by any version of MatConvNet.

A node has the name of its layer; layers without a name are called by their position, `layer3`.
Fully connected layers are convolutions there, and stay convolutions whose output is 1 x 1 x K.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from netparity.errors import InputError
from netparity.files.limits import reading
from netparity.files.matlab import Cell, Node
from netparity.files.source import Source
from netparity.files.stored import Stored
from netparity.networks.matconvnet.file import (
    McnFile,
    looks_like,
    opened,
    required,
    struct_fields,
)
from netparity.networks.matconvnet.normalization import Size, input_of
from netparity.networks.node import GraphError
from netparity.networks.reading.base import Reader, ReadNetwork
from netparity.networks.reading.matconvnet_assembly import KIND, Assembly

NAME = "simplenn"
_KINDS = {
    "conv": "Conv",
    "convt": "ConvTranspose",
    "pool": "Pooling",
    "bnorm": "BatchNorm",
    "normalize": "LRN",
    "lrn": "LRN",
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "softmax": "SoftMax",
    "dropout": "DropOut",
}
_LOSSES = ("softmaxloss", "loss")


def recognises(source: Source) -> bool:
    """Whether it is one of MATLAB's files and has a cell of layers."""
    if not looks_like(source):
        return False
    try:
        found = opened(source)
    except InputError:
        return True  # so that `read` raises it again
    return found is not None and not found.is_dag


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
    assert isinstance(file.layers, Cell)
    layers = [dict(struct_fields(member)) for member in file.layers.members]
    notes: list[str] = []
    names = list(_names(layers, notes))
    image = "input" if "input" not in names else "image"
    stated = input_of(image, file.meta, _channels(layers), input_size)
    made = Assembly(path, NAME, (stated.entry,), stated.tensors, [*stated.notes, *notes])
    last = image
    for place, (name, layer) in enumerate(zip(names, layers, strict=True), start=1):
        if place == len(layers) > 1 and _is_left_out(layer):
            made.notes.append(
                f"the loss {name[:80]!r} ({_text(layer, 'type')[:40]}) at the end is left out: it "
                "is for training"
            )
            continue
        kind = _kind(layer, name, place == len(layers), made.notes)
        if kind == "Pooling" and "pool" not in layer:
            raise GraphError(
                f"node {name[:80]!r} (pool) does not state its window; fix: add the field `pool`, "
                "for which vl_simplenn_tidy has no default"
            )
        fields = {("poolSize" if key == "pool" else key): value for key, value in layer.items()}
        made.add(name, kind, (last,), fields, _weights(layer), _text(layer, "name") or name)
        last = name
    return made.finished()


def _names(layers: Sequence[Mapping[str, Node]], notes: list[str]) -> Iterator[str]:
    taken: set[str] = set()
    for place, layer in enumerate(layers, start=1):
        name = _text(layer, "name") or f"layer{place}"
        if name in taken:
            notes.append(f"two layers are called {name[:80]!r}; layer {place} gets its number")
            name = f"{name}_{place}"
        taken.add(name)
        yield name


def _is_left_out(layer: Mapping[str, Node]) -> bool:
    """Whether a layer is a loss without a softmax in it, such as the logarithm of its input."""
    found, which = _text(layer, "type"), _text(layer, "loss")
    if found == "loss":
        return which not in ("", "softmaxlog")  # vl_nnloss's default
    return found not in _LOSSES and found.endswith(("loss", "error"))


def _kind(layer: Mapping[str, Node], name: str, is_last: bool, notes: list[str]) -> str:
    found = _text(layer, "type")
    if found in _LOSSES and is_last:
        notes.append(f"the loss {name[:80]!r} ({found}) at the end is read as softmax")
        return "SoftMax"
    if found not in _KINDS:
        raise GraphError(
            f"node {name[:80]!r} ({found[:40] or 'no type'}): netparity does not know this layer; "
            f"it reads {', '.join(sorted(_KINDS))}"
        )
    return _KINDS[found]


def _weights(layer: Mapping[str, Node]) -> tuple[Node, ...]:
    """Filters and biases, which were fields of their own before 1.0-beta16."""
    weights = layer.get("weights")
    if isinstance(weights, Cell):
        return weights.members
    return tuple(layer[name] for name in ("filters", "biases") if name in layer)


def _channels(layers: Sequence[Mapping[str, Node]]) -> int | None:
    """What the first layer takes, if it is a convolution."""
    for layer in layers[:1]:
        for filters in _weights(layer)[:1]:
            if isinstance(filters, Stored) and filters.size:
                shape = filters.shape[::-1]
                return shape[2] if len(shape) > 2 else 1
    return None


def _text(layer: Mapping[str, Node], field: str) -> str:
    value = layer.get(field)
    return value if isinstance(value, str) else ""


READER = Reader(
    NAME,
    "MatConvNet SimpleNN .mat",
    (".mat",),
    recognises,
    read,
    tool="MatConvNet",
    brought="SimpleNN, of any version of MATLAB, also in a variable `net`",
)
