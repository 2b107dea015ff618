"""Which node of a network is a captured layer that the network has under no name?

The layers and the nodes of one operation and one shape are matched in order, if there are as many
of both and a node can only be at its place. Otherwise it is left open, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netparity.capturing.operations import family_of
from netparity.capturing.recorder import Captured
from netparity.networks import Network, Node


@dataclass
class _Kind:
    """The layers and the nodes of one operation and one shape, in the order of computation."""

    calls: list[Captured] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)


def placed(
    calls: Sequence[Captured], nodes: Mapping[str, str], network: Network
) -> tuple[dict[str, str], dict[str, str]]:
    """Find the nodes of the layers that have none yet.

    Args:
        calls: the captured layers, in the order in which they returned.
        nodes: name of a layer to its node, where that is known.

    Returns:
        Name of a layer to its node; and name to the reason for those whose place is not clear.
    """
    found: dict[str, str] = {}
    unclear: dict[str, str] = {}
    if all(call.name in nodes for call in calls):
        return found, unclear
    above, taken = _above(network), set(nodes.values())
    for kind in _kinds(calls, network):
        for place, call in enumerate(kind.calls):
            if call.name in nodes or not kind.nodes:
                continue
            if len(kind.calls) != len(kind.nodes):
                unclear[call.name] = (
                    f"{len(kind.calls)} layers of its operation and shape were captured, "
                    f"{network.name} has {len(kind.nodes)}"
                )
            elif kind.nodes[place].name in taken or not _is_certain(kind.nodes, place, above):
                unclear[call.name] = "several nodes of its operation and shape could be it"
            else:
                found[call.name] = kind.nodes[place].name
    found |= _output(calls, {**nodes, **found}, network)
    in_order = [call.name for call in calls if call.name in found]
    return {name: found[name] for name in in_order}, unclear


def _kinds(calls: Sequence[Captured], network: Network) -> list[_Kind]:
    kinds: dict[tuple[str, tuple[int, ...]], _Kind] = defaultdict(_Kind)
    for call in calls:
        if call.layer.op and not call.layer.of_parts:
            kinds[_key(call.layer.op, call.values.shape[1:])].calls.append(call)
    for node in network.nodes:
        kinds[_key(node.op, network.shapes[node.name])].nodes.append(node)
    return list(kinds.values())


def _key(op: str, shape: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """What is compared of a layer and a node; the order of axes is the framework's own."""
    return family_of(op), tuple(sorted(size for size in shape if size > 1))


def _is_certain(nodes: Sequence[Node], place: int, above: Mapping[str, frozenset[str]]) -> bool:
    """Whether a node comes before or after every other, whatever order a tool computes them in."""
    name = nodes[place].name
    return all(
        other.name == name or other.name in above[name] or name in above[other.name]
        for other in nodes
    )


def _above(network: Network) -> dict[str, frozenset[str]]:
    """The nodes that each node is computed from."""
    found: dict[str, frozenset[str]] = {}
    for node in network.nodes:
        sources = [name for name in node.inputs if name in found]
        found[node.name] = frozenset(sources).union(*(found[name] for name in sources))
    return found


def _output(
    calls: Sequence[Captured], nodes: Mapping[str, str], network: Network
) -> dict[str, str]:
    """What the model itself returned is the network's only output."""
    last = calls[-1]
    if not last.layer.is_model or last.name in nodes or len(network.outputs) > 1:
        return {}
    output = network.outputs[0].name
    return {} if output in nodes.values() else {last.name: output}
