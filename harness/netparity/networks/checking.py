"""A graph from outside: its names, operations, order and shapes are checked before it is used."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from netparity.networks.graph import Network
from netparity.networks.node import GraphError, Node, refuse_size
from netparity.networks.ops import OPS

MOST_NODES = 20_000


def checked(network: Network) -> Network:
    """The same network, its nodes in an order in which they can be computed.

    Raises:
        GraphError: naming the node, for a name that occurs twice, a missing input, a circle, an
            unknown operation, attribute or tensor, or shapes that do not fit.
    """
    if len(network.nodes) > MOST_NODES:
        count = len(network.nodes)
        raise GraphError(
            f"{_named(network)}: the graph has {count} nodes; the limit is {MOST_NODES}"
        )
    if not network.inputs or not network.nodes:
        raise GraphError(
            f"{_named(network)}: the graph has no {'nodes' if network.inputs else 'input'}"
        )
    seen: set[str] = set()
    for name in [*(entry.name for entry in network.inputs), *(node.name for node in network.nodes)]:
        if name in seen:
            raise GraphError(f"{_named(network)}: two nodes are called {name[:80]!r}")
        seen.add(name)
    for entry in network.inputs:
        refuse_size(f"input {entry.name[:80]!r}", entry.shape)
        if not entry.shape:
            raise GraphError(f"input {entry.name[:80]!r} has no axes")
    for name, shape in network.tensors.items():
        refuse_size(f"tensor {name[:80]!r}", shape)
    for node in network.nodes:
        _check_node(network, node, seen)
    _check_names(network)
    ordered = replace(network, nodes=tuple(in_order(network.nodes)))
    _ = ordered.shapes  # refuses what does not fit
    return ordered


def _named(network: Network) -> str:
    name = network.name[:80]
    return name if name.isprintable() else repr(name)


def _check_node(network: Network, node: Node, names: Container[str]) -> None:
    called = f"node {node.name[:80]!r}"
    if node.op not in OPS:
        raise GraphError(f"{called}: the operation {node.op[:80]!r} is not known")
    for name in node.inputs:
        if name not in names:
            raise GraphError(f"{called} ({node.op}) reads {name[:80]!r}, which is missing")
    for role, name in node.tensors.items():
        if name not in network.tensors:
            raise GraphError(f"{called} ({node.op}): its {role[:80]} {name[:80]!r} is missing")
    OPS[node.op].check(node)


def _check_names(network: Network) -> None:
    """Every alias and every default feature is a node's."""
    known = {node.name for node in network.nodes}
    for alias, name in network.aliases.items():
        if name not in known:
            raise GraphError(
                f"the alias {alias[:80]!r} is for a node {name[:80]!r} that is missing"
            )
    for name in network.default_features:
        if name not in known:
            raise GraphError(f"the default feature {name[:80]!r} is not a node")


def in_order(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes, each after those that it reads; otherwise as they were.

    Raises:
        GraphError: if they form a circle; the message names one of them.
    """
    waiting = list(nodes)
    names = {node.name for node in waiting}
    done: set[str] = set()
    lacking = {node.name: {name for name in node.inputs if name in names} for node in waiting}
    readers: dict[str, list[Node]] = {name: [] for name in names}
    for node in waiting:
        for name in lacking[node.name]:
            readers[name].append(node)
    position = {node.name: place for place, node in enumerate(waiting)}
    ready = [position[node.name] for node in waiting if not lacking[node.name]]
    heapq.heapify(ready)
    while ready:
        node = waiting[heapq.heappop(ready)]
        done.add(node.name)
        yield node
        for reader in readers[node.name]:
            lacking[reader.name].discard(node.name)
            if not lacking[reader.name]:
                heapq.heappush(ready, position[reader.name])
    if len(done) < len(waiting):
        stuck = next(node for node in waiting if node.name not in done)
        raise GraphError(f"node {stuck.name[:80]!r} ({stuck.op}) is part of a circle")
