"""The network and its weights, in the files that each tool loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netparity.networks import Layer, Network
from netparity.networks.catalogue.vgg import widths_of
from netparity.networks.writing import WRITERS
from netparity.results.folder import RunFolder
from netparity.results.network import NETWORK_FILE, store_network
from netparity.run.process import Graph
from netparity.runners import Runner
from netparity.watch import Watch
from netparity.weights import WeightSet


def takes_graph(network: Network, layers: Sequence[Layer]) -> bool:
    """Whether tools are given the graph: for all but VGG networks, and for inner nodes of these."""
    return widths_of(network) is None or any(layer.node.inner for layer in layers)


def lacking(network: Network, layers: Sequence[Layer], runner: Runner) -> str | None:
    """The first node that a tool cannot compute, and why; None if it can compute all."""
    if not takes_graph(network, layers):
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
) -> tuple[Graph | None, dict[str, Path]]:
    """Write the network for the tools that will run.

    Returns:
        What a job says about a network that is given as a graph, and the files with the weights by
        format.
    """
    network = weights.model
    if not takes_graph(network, layers):
        formats = sorted({runner.weights_format for runner in runners})
        return None, {name: weights.file(name, watch) for name in formats}
    store_network(network, store)
    inner = any(layer.node.inner for layer in layers)
    files: dict[str, Path] = {}
    names: dict[str, Mapping[str, str]] = {}
    for runner in runners:
        format_ = runner.network_format
        own = weights.own_files.get(format_)
        writer = WRITERS.get(format_)
        names[format_] = runner.node_names(network)
        if own is not None and not inner:
            files[format_], names[format_] = own, {node.name: node.name for node in network.nodes}
        elif writer is not None:
            files[format_] = weights.network_file(writer, watch)
        else:
            files[format_] = weights.canonical_file
    return Graph(store.path / NETWORK_FILE, names, _mean_image(weights, store)), files


def _mean_image(weights: WeightSet, store: RunFolder) -> Path | None:
    """The mean image as a file, if the network's preprocessing subtracts one."""
    given = weights.model.image.preprocessing
    if given is None or given.mean_image is None:
        return None
    image = weights.tensors()[given.mean_image]
    return store.path / store.write_array("input/mean.npy", image).file
