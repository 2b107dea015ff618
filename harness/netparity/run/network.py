"""The network and its weights, in the files that each tool loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netparity.networks import Layer, Network
from netparity.networks.catalogue.vgg import widths_of
from netparity.networks.writing import WRITERS
from netparity.results.folder import RunFolder
from netparity.results.network import NETWORK_FILE, store_network
from netparity.run.assignment import Graph
from netparity.runners import Runner
from netparity.watch import Watch
from netparity.weights import WeightSet


def takes_graph(network: Network, layers: Sequence[Layer], runner: Runner) -> bool:
    """Whether a tool is given the graph, rather than told the architecture of a VGG network.

    It is for all other networks, for inner nodes, and if it builds no VGG network by itself.
    """
    if not runner.weights_format:
        return True
    return widths_of(network) is None or any(layer.node.inner for layer in layers)


def lacking(network: Network, layers: Sequence[Layer], runner: Runner) -> str | None:
    """The first node that a tool cannot compute, and why; None if it can compute all."""
    if not takes_graph(network, layers, runner):
        return None
    for node in network.nodes:
        if (reason := runner.lacks(node)) is not None:
            return f"node {node.name!r} ({node.op}): {reason}"
    return None


def network_files(
    weights: WeightSet,
    layers: Sequence[Layer],
    runners: Sequence[Runner],
    store: RunFolder,
    watch: Watch,
    images: int | None = None,
) -> tuple[Graph | None, dict[str, Path]]:
    """Write the network for the tools that will run.

    Args:
        images: how many are computed at once; None if that changes.

    Returns:
        What jobs say about the network to tools that are given the graph, and by format the weights
        for tools that build a VGG network by themselves.
    """
    network = weights.model
    graphs = [runner for runner in runners if takes_graph(network, layers, runner)]
    formats = sorted({runner.weights_format for runner in runners if runner not in graphs})
    files = {name: weights.file(name, watch) for name in formats}
    graph = _graph(weights, layers, graphs, store, watch, images) if graphs else None
    return graph, files


def _graph(
    weights: WeightSet,
    layers: Sequence[Layer],
    runners: Sequence[Runner],
    store: RunFolder,
    watch: Watch,
    images: int | None,
) -> Graph:
    network = weights.model
    store_network(network, store)
    files: dict[str, Path] = {}
    names: dict[str, Mapping[str, str]] = {}
    own_formats: dict[str, str] = {}
    own_names: dict[str, Mapping[str, str] | None] = {}
    for runner in runners:
        own_format = runner.own_format(weights.own_files)
        if own_format and own_format not in own_names:
            own_names[own_format] = _own_names(weights, layers, own_format, images, watch)
        own = own_names.get(own_format)
        if own is not None:
            if own_format != runner.network_format:
                own_formats[runner.label] = own_format
            files[own_format], names[own_format] = weights.own_files[own_format], own
            continue
        format_ = runner.network_format
        names[format_] = runner.node_names(network)
        if format_ in files:
            continue
        writer = runner.writer
        files[format_] = (
            weights.canonical_file if writer is None else weights.network_file(writer, watch)
        )
    mean_image = _mean_image(weights, store)
    return Graph(store.path / NETWORK_FILE, files, names, mean_image, own_formats)


def _own_names(
    weights: WeightSet, layers: Sequence[Layer], format_: str, images: int | None, watch: Watch
) -> Mapping[str, str] | None:
    """What the user's own file calls the nodes; None if tools are given another file."""
    nodes = [node.name for node in weights.model.nodes]
    itself = weights.in_files.get(format_)
    if itself is None:
        if any(layer.node.inner for layer in layers):
            return None
        return {name: name for name in nodes}
    lacking = [layer.name for layer in layers if layer.name not in itself.values]
    problem = itself.problem
    if not problem and itself.images not in (None, images):
        problem = f"it is for {itself.images} images at once"
    if not problem and lacking:
        problem = f"it has no output of the node {lacking[0]!r} with the channels first"
    if problem:
        title = WRITERS[format_].title
        watch.message(
            f"tools that load {title} are given the network as netparity writes it, not "
            f"{weights.own_files[format_].name} itself, because {problem}"
        )
        return None
    return {name: itself.values.get(name, "") for name in nodes}


def _mean_image(weights: WeightSet, store: RunFolder) -> Path | None:
    """The mean image as a file, if the network's preprocessing subtracts one."""
    given = weights.model.image.preprocessing
    if given is None or given.mean_image is None:
        return None
    image = weights.tensors()[given.mean_image]
    return store.path / store.write_array("input/mean.npy", image).file
