"""Networks that differ from a known one as files do: other classes, or without its end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from netparity.networks.catalogue import NETWORKS
from netparity.networks.graph import Network
from netparity.networks.node import Node
from netparity.weights.matching.slots import Slot


def with_classes(network: Network, last: Slot, classes: int) -> Network:
    """The same network with another number of classes.

    Args:
        last: the dense layer that gives them.
    """
    tensors = dict(network.tensors)
    for role, name in last.roles.items():
        tensors[name] = (*tensors[name][:-1], classes) if role == "kernel" else (classes,)
    return replace(network, tensors=tensors)


def without(network: Network, left_out: Collection[str]) -> Network:
    """The network without some nodes and all that depends on them.

    Without the dense layers of a catalogue's network, that is its version without them.
    """
    gone = set(left_out)
    for node in network.nodes:
        if gone & set(node.inputs):
            gone.add(node.name)
    nodes = tuple(node for node in network.nodes if node.name not in gone)
    names = {name for node in nodes for name in node.tensors.values()}
    shorter = NETWORKS.get(f"{network.name}-notop")
    if shorter is not None and {*shorter.tensors} == names and shorter.inputs == network.inputs:
        return shorter
    kept = {node.name for node in nodes}
    return replace(
        network,
        nodes=nodes,
        tensors={name: shape for name, shape in network.tensors.items() if name in names},
        aliases={alias: name for alias, name in network.aliases.items() if name in kept},
        default_features=tuple(name for name in network.default_features if name in kept),
    )


def with_epsilon(network: Network, epsilon: float) -> Network:
    """The same network, whose batch normalisations add another number to the variance."""
    if all(node.attributes["epsilon"] == epsilon for node in network.nodes if _normalises(node)):
        return network
    nodes = tuple(
        replace(node, attributes={**node.attributes, "epsilon": epsilon})
        if _normalises(node)
        else node
        for node in network.nodes
    )
    return replace(network, nodes=nodes)


def _normalises(node: Node) -> bool:
    return node.op == "batch_norm"


def depends_on(network: Network, names: Collection[str]) -> set[str]:
    """These nodes and all that read them, directly or not."""
    found = set(names)
    for node in network.nodes:
        if found & set(node.inputs):
            found.add(node.name)
    return found


def has_own_preprocessing(network: Network) -> bool:
    """Whether images are prepared as the catalogue says, and not as a file or the user does."""
    known = NETWORKS.get(network.name, network)
    return not network.origin and known.image.preprocessing == network.image.preprocessing
