"""Which node of a network is a captured layer?

By its name: PyTorch's exporters, tf2onnx and Keras write the names of modules and layers into their
files. Otherwise by its place (`placing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from netparity.capturing.operations import agree, is_linear
from netparity.capturing.placing import placed
from netparity.capturing.recorder import Captured
from netparity.features import NamedFeature, NamedFeatures
from netparity.networks import Network, Node, UnknownNodeError


@dataclass(frozen=True)
class Matched:
    """Captured layers and their nodes.

    Attributes:
        features: what can be compared, and why the rest cannot.
        by_order: name of a layer to the node that only its place tells.
    """

    features: NamedFeatures
    by_order: Mapping[str, str]


def match(captured: Mapping[str, Captured], network: Network) -> Matched:
    """Find the node of each captured layer.

    Args:
        captured: by name, in the order in which they returned.
    """
    calls = list(captured.values())
    nodes = _by_name(calls, network)
    others = _folded(calls, nodes, network)
    rest = [call for call in calls if call.name not in others]
    by_order, unclear = placed(rest, nodes, network)
    found = []
    for before, call in zip([None, *calls], calls, strict=False):
        node = nodes.get(call.name) or by_order.get(call.name)
        if node is not None:
            found.append(NamedFeature(call.name, node, call.values.shape, call.load))
        elif before is not None and _equal(before, call):
            others[call.name] = f"it returns what {before.name} returned"
        elif call.name not in others:
            nowhere = f"{network.name} has no layer of that name or in that place"
            others[call.name] = unclear.get(call.name, nowhere)
    return Matched(NamedFeatures.of(found, others, network), by_order)


def _equal(a: Captured, b: Captured) -> bool:
    """Whether two layers returned the same values, in whatever shape."""
    return np.array_equal(a.values.reshape(-1), b.values.reshape(-1), equal_nan=True)


def _by_name(calls: Sequence[Captured], network: Network) -> dict[str, str]:
    """Name of each captured layer that the network has, to its node; no node has two."""
    found: dict[str, str] = {}
    for own in (True, False):
        for call in calls:
            if call.name in found:
                continue
            node = _own_node(call, network) if own else _other_node(call, network)
            if node is not None and node.name not in found.values():
                found[call.name] = node.name
    return found


def _own_node(call: Captured, network: Network) -> Node | None:
    """The node that the network itself calls so."""
    node = network.by_name.get(call.in_files)
    return None if node is None else _without_activation(call, node, network)


def _other_node(call: Captured, network: Network) -> Node | None:
    """The node with that name in any tool or as a tensor of the file, if it computes the same."""
    try:
        node = _without_activation(call, network.node(call.in_files), network)
    except UnknownNodeError:
        return None
    op = call.layer.op
    return node if not op or agree(op, node.op) else None


def _without_activation(call: Captured, node: Node, network: Network) -> Node:
    """The node before an activation that the tool has in a layer of its own."""
    before = network.by_name.get(node.inputs[0])
    if before is None or not before.inner:
        return node
    return before if is_linear(call.layer.op) and not is_linear(node.op) else node


def _folded(calls: Sequence[Captured], nodes: dict[str, str], network: Network) -> dict[str, str]:
    """Layers into which the batch normalisation after them is folded, and that as the reason.

    Exporters do so; the node then computes what the normalisation returns, and has the name of
    either. `nodes` is changed accordingly.
    """
    others: dict[str, str] = {}
    for call, norm in pairwise(calls):
        op = call.layer.op
        if norm.layer.op != "batch_norm" or op == "batch_norm" or not is_linear(op):
            continue
        both = [nodes[each.name] for each in (call, norm) if each.name in nodes]
        if len(both) == 1 and agree(network.by_name[both[0]].op, op):
            nodes.pop(call.name, None)
            nodes[norm.name] = both[0]
            others[call.name] = f"{norm.name} is folded into it in {network.name}"
    return others
