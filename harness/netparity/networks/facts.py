"""What a network consists of, what it costs, and which tools can run it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from netparity.networks.graph import Network, Node, Preprocessing, Shape
from netparity.networks.matching import match_beginning, match_catalogue
from netparity.networks.ops import OPS
from netparity.networks.reading import ReadNetwork
from netparity.networks.writing import WRITERS

Lacks = Callable[[Node], str | None]
"""Why a tool has no operation for a node; None if it has one."""

KERAS2_LACKS: dict[str, str] = {}
"""By operation, what the extractor of Keras 2 on Theano cannot build, and why."""


def tools() -> dict[str, Lacks]:
    """What each tool lacks, by its name; those that load a file have what the file can hold."""
    return {
        "Keras 3": WRITERS["keras"].lacks,
        "Keras 2 on Theano": lambda node: KERAS2_LACKS.get(node.op),
        "MatConvNet": WRITERS["matconvnet"].lacks,
        "ONNX": WRITERS["onnx"].lacks,
    }


@dataclass(frozen=True)
class NodeFacts:
    """One node.

    Attributes:
        attributes: those that differ from the operation's default.
        parameters: number of values of its tensors; a tensor that several nodes share counts for
            the first of them.
        flops: multiplications and additions in its products, for one image.
    """

    name: str
    op: str
    title: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    shape: Shape
    parameters: int
    flops: int
    inner: bool
    names: Mapping[str, str]


@dataclass(frozen=True)
class Lack:
    """A node for which a tool or a format has no operation.

    Attributes:
        reason: in words that can follow "node 'x' (lrn): ".
    """

    node: str
    op: str
    reason: str


@dataclass(frozen=True)
class NetworkFacts:
    """A network.

    Attributes:
        known: name of the network of the catalogue with the same structure; None if there is none.
        begins: name of the network of the catalogue with which it begins, and the last node that is
            the same; None if there is none.
        lacks: by the name of a tool, the nodes that it has no operation for.
        notes: of the file's reader.
    """

    name: str
    origin: str
    known: str | None
    begins: tuple[str, str] | None
    inputs: Mapping[str, Shape]
    preprocessing: Preprocessing | None
    nodes: tuple[NodeFacts, ...]
    lacks: Mapping[str, tuple[Lack, ...]]
    notes: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return sum(node.parameters for node in self.nodes)

    @property
    def flops(self) -> int:
        """Multiplications and additions in all products, for one image."""
        return sum(node.flops for node in self.nodes)


def facts(read: ReadNetwork) -> NetworkFacts:
    """All that `netparity network show` shows."""
    network = read.network
    found = match_catalogue(network, read.tensors)
    return NetworkFacts(
        name=network.name,
        origin=network.origin,
        known=None if found is None else found[0].name,
        begins=_beginning(network) if found is None else None,
        inputs={entry.name: entry.shape for entry in network.inputs},
        preprocessing=network.inputs[0].preprocessing,
        nodes=node_facts(network),
        lacks={tool: lacking(network, lacks) for tool, lacks in tools().items()},
        notes=read.notes,
    )


def _beginning(network: Network) -> tuple[str, str] | None:
    found = match_beginning(network)
    if found is None:
        return None
    catalogue, matching = found
    shared = [node for node in network.nodes if node.name in matching.nodes]
    last = [node for node in shared if node.op not in ("dropout", "identity")][-1]
    return catalogue.name, network.owner(last)


def node_facts(network: Network) -> tuple[NodeFacts, ...]:
    """Every node in the order of computation."""
    counted: set[str] = set()
    return tuple(_node(network, node, counted) for node in network.nodes)


def _node(network: Network, node: Node, counted: set[str]) -> NodeFacts:
    op = OPS[node.op]
    own = [name for name in node.tensors.values() if name not in counted]
    counted.update(own)
    output = network.shapes[node.name]
    tensors = {role: network.tensors[name] for role, name in node.tensors.items()}
    inputs = [network.shapes[name] for name in node.inputs]
    return NodeFacts(
        name=node.name,
        op=node.op,
        title=op.title,
        inputs=node.inputs,
        attributes={
            name: value
            for name, value in node.attributes.items()
            if name not in op.defaults or value != op.defaults[name]
        },
        shape=output,
        parameters=sum(math.prod(network.tensors[name]) for name in own),
        flops=op.flops(node, inputs, tensors, output),
        inner=node.inner,
        names=node.names,
    )


def lacking(network: Network, lacks: Lacks) -> tuple[Lack, ...]:
    """The nodes that a tool or a format has no operation for."""
    return tuple(
        Lack(network.owner(node), node.op, reason)
        for node in network.nodes
        if (reason := lacks(node)) is not None
    )


def as_dict(found: NetworkFacts) -> dict[str, Any]:
    """The facts for JSON."""
    document = asdict(found) | {"parameters": found.parameters, "flops": found.flops}
    for node, entry in zip(found.nodes, document["nodes"], strict=True):
        entry["attributes"] = dict(node.attributes)
    return document


def catalogue_facts() -> list[NetworkFacts]:
    """Every network of the catalogue, without what tools can run."""
    from netparity.networks.catalogue import NETWORKS

    return [
        NetworkFacts(
            name=network.name,
            origin="",
            known=network.name,
            begins=None,
            inputs={entry.name: entry.shape for entry in network.inputs},
            preprocessing=network.inputs[0].preprocessing,
            nodes=node_facts(network),
            lacks={},
        )
        for network in NETWORKS.values()
    ]
