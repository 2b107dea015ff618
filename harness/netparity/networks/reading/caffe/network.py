"""From the layers of a file to a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.files.limits import reading
from netparity.networks.checking import checked
from netparity.networks.graph import Network
from netparity.networks.reading.base import ReadNetwork
from netparity.networks.reading.caffe import (
    combining,
    convolutions,
    elementwise,
    normalising,
    pools,
    shaping,
)
from netparity.networks.reading.caffe.assembly import Assembly, Value
from netparity.networks.reading.caffe.blobs import Blob
from netparity.networks.reading.caffe.inputs import add_inputs
from netparity.networks.reading.caffe.layers import Layer, layers_of, predicting
from netparity.networks.reading.caffe.losses import SOFTMAX_LOSS, Losses
from netparity.networks.reading.caffe.message import Message, WrongError, plain
from netparity.protocol.lazy import LazyMapping

Weights = tuple[Path, Mapping[str, tuple[Blob, ...]]]
Translation = Callable[[Layer, Assembly], Value | list[Value]]

TRANSLATIONS: dict[str, Translation] = {
    "BatchNorm": normalising.batch_norm,
    "Bias": normalising.bias,
    "Clip": elementwise.clip,
    "Concat": combining.concat,
    "Convolution": convolutions.convolution,
    "Crop": combining.crop,
    "Deconvolution": convolutions.deconvolution,
    "Dropout": elementwise.dropout,
    "ELU": elementwise.elu,
    "Eltwise": combining.eltwise,
    "Flatten": shaping.flatten,
    "InnerProduct": convolutions.inner_product,
    "LRN": normalising.lrn,
    "PReLU": elementwise.prelu,
    "Padding": shaping.padding,
    "Pooling": pools.pooling,
    "Power": elementwise.power,
    "ReLU": elementwise.relu,
    "Reshape": shaping.reshape,
    "Scale": normalising.scale,
    "Sigmoid": elementwise.sigmoid,
    "Slice": combining.cut,
    "Softmax": normalising.softmax,
    SOFTMAX_LOSS: normalising.softmax,
    "Split": combining.split,
    "TanH": elementwise.tanh,
}
_SOLVER = {"base_lr", "net", "train_net", "lr_policy", "max_iter", "solver_mode"}


def network_of(
    path: Path,
    net: Message,
    weights: Weights | None,
    input_size: tuple[int, int] | None,
) -> ReadNetwork:
    """The network of a file.

    Args:
        path: of the file, whose name the network gets.
        weights: another file and its blobs, which the layers of the same names get.
        input_size: height and width of the input, in place of those that are stated.

    Raises:
        WrongError: naming the layer that is not understood.
        GraphError: if it does not fit.
    """
    _refuse_others(net)
    layers = predicting(list(layers_of(net)))
    if weights is not None:
        layers = _with_blobs(layers, weights)
    graph = Assembly(is_deploy=not any(layer.is_data for layer in layers))
    add_inputs(net, layers, graph, input_size)
    graph.values |= {entry.name: Value(entry.name, entry.shape) for entry in graph.inputs}
    losses = Losses(layers)
    for layer in layers:
        if layer.type != "Input" and not layer.is_data and not losses.leave_out(layer, graph):
            _translate(layer, graph)
    return _finished(path, graph, weights[0] if weights is not None else path, layers)


def _refuse_others(net: Message) -> None:
    if _SOLVER.intersection(net.unknown):
        raise WrongError(
            "describes how a network is trained, not the network; give the .prototxt that it names"
        )
    if net.unknown:
        raise WrongError(f"has the field {net.unknown[0][:60]}, which Caffe's networks do not have")


def blobs_of(net: Message) -> dict[str, tuple[Blob, ...]]:
    """Every layer's weights by the layer's name.

    Raises:
        WrongError: if a layer is not one.
    """
    return {layer.name: layer.blobs for layer in layers_of(net)}


def _with_blobs(layers: Sequence[Layer], weights: Weights) -> list[Layer]:
    """The layers with the weights that a file has for their names, as Caffe loads them.

    Raises:
        WrongError: if the file has none for a layer that needs them.
    """
    path, found = weights
    filled = []
    for layer in layers:
        blobs = found.get(layer.name, ())
        if not blobs and layer.type in _HAVING_WEIGHTS and len(layer.bottoms) == 1:
            raise WrongError(
                f"node {layer.name[:80]!r} ({plain(layer.type)}) has no weights in "
                f"{plain(path.name, 80)}; its layers with weights are {_some(found)}"
            )
        filled.append(replace(layer, blobs=blobs, has_weights=True))
    return filled


_HAVING_WEIGHTS = {"Convolution", "Deconvolution", "InnerProduct", "BatchNorm", "Scale", "Bias"}
_HAVING_WEIGHTS |= {"PReLU"}
_MOST_NAMED = 12


def _some(found: Mapping[str, tuple[Blob, ...]]) -> str:
    names = [plain(name) for name, blobs in found.items() if blobs]
    more = " ..." if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more or "none"


def _translate(layer: Layer, graph: Assembly) -> None:
    called = f"node {layer.name[:80]!r} ({plain(layer.type) or 'no type'})"
    if layer.type == SOFTMAX_LOSS:
        layer = replace(layer, bottoms=layer.bottoms[:1])
    for name in layer.bottoms:
        if name not in graph.values:
            raise WrongError(
                f"{called} reads the blob {name[:80]!r}, which no layer before it makes when the "
                "network predicts"
            )
    try:
        if layer.type not in TRANSLATIONS:
            known = ", ".join(sorted(TRANSLATIONS))
            raise WrongError(f"is a layer that netparity does not read; it reads {known}")
        if layer.fields.unknown:
            raise WrongError(f"has the field {layer.fields.unknown[0][:60]}, which is not known")
        made = TRANSLATIONS[layer.type](layer, graph)
    except WrongError as error:
        raise WrongError(f"{called} {error}") from error
    values = made if isinstance(made, list) else [made]
    if layer.type == SOFTMAX_LOSS:
        graph.values |= dict.fromkeys(layer.tops, None)
        return
    if len(values) != len(layer.tops):
        raise WrongError(f"{called} writes {len(layer.tops)} blobs, expected {len(values)}")
    graph.values |= dict(zip(layer.tops, values, strict=True))


def _finished(path: Path, graph: Assembly, file: Path, layers: Sequence[Layer]) -> ReadNetwork:
    inputs = {entry.name for entry in graph.inputs}
    aliases = dict(graph.aliases)
    hidden = []
    for blob, value in graph.values.items():
        if value is None or value.node in inputs:
            continue
        if blob not in graph.nodes and blob not in inputs:
            aliases[blob] = value.node
        elif value.node != blob:
            hidden.append(f"{plain(blob)} by {plain(value.node)}")
    notes = list(dict.fromkeys(graph.notes))
    if hidden:
        shown = ", ".join(hidden[:3]) + (f" and {len(hidden) - 3} more" if hidden[3:] else "")
        notes.append(
            "a name means the layer, not the blob, which Caffe overwrites in place: compare "
            f"net.blobs with the layer that writes it last ({shown})"
        )
    network = Network(
        name=path.stem,
        inputs=tuple(graph.inputs),
        nodes=tuple(graph.nodes.values()),
        tensors={name: tensor.shape for name, tensor in graph.tensors.items()},
        aliases={name: node for name, node in aliases.items() if name not in graph.nodes},
        origin="caffe",
    )
    return ReadNetwork(checked(network), _tensors(graph, file), tuple(notes))


def _tensors(graph: Assembly, file: Path) -> LazyMapping[npt.NDArray[np.float32]]:
    def fetch(name: str) -> npt.NDArray[np.float32]:
        load = graph.tensors[name].load
        assert load is not None
        with reading(file, "Caffe"):
            return load()

    return LazyMapping((n for n, t in graph.tensors.items() if t.load is not None), fetch)
