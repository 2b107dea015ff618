"""Features of other layers that may have been read in place of the judged one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import is_left_out, mistakes_of
from netparity.diagnosis.segment import Candidate, Segment
from netparity.networks import Network, Node

_FURTHEST = 2
"""Number of layers by which a feature may have been read too early or too late."""


def readings(segment: Segment) -> Iterator[Candidate]:
    """The feature of a neighbouring layer of the same shape in place of this one's."""
    network, judged = segment.network, segment.node
    shape = network.shapes[judged.name]
    own = network.owner(judged)
    for node in _after(segment):
        if network.shapes[node.name] != shape:
            continue
        if judged.inner and node.name == own:
            yield Candidate((Cause("relu-applied", own),), read=node.name)
        else:
            yield Candidate((Cause("off-by-one", own, node.name),), read=node.name)
    # Of two equal features, either may have been misread. If the first was already found to be
    # wrong, the second is not blamed for being equal to it.
    inside = {node.name for node in segment.nodes} | segment.known.keys() - segment.doubted
    for node in _before(segment):
        if node.name in inside and network.shapes[node.name] == shape:
            yield Candidate((Cause("off-by-one", own, node.name),), read=node.name)


def _after(segment: Segment) -> list[Node]:
    """The next features in the network's order, and those along the edges."""
    near = _along(segment.network, segment.node, lambda node: segment.network.readers[node.name])
    near |= {node.name for node in segment.beyond[:_FURTHEST]}
    return [node for node in segment.beyond if node.name in near]


def _before(segment: Segment) -> list[Node]:
    """The last features in the network's order, and those along the edges, the nearest first."""
    network, judged = segment.network, segment.node
    near = _along(network, judged, lambda node: _read_by(network, node))
    near |= {node.name for node in segment.before[-_FURTHEST:]}
    if any(is_left_out(mistake) for mistake in mistakes_of(network, judged)):
        # The operation was left out: that is what a feature of its input shows.
        near -= set(judged.inputs)
    return [node for node in reversed(segment.before) if node.name in near]


def _read_by(network: Network, node: Node) -> list[Node]:
    return [network.by_name[name] for name in node.inputs if name in network.by_name]


def _along(network: Network, start: Node, step: Callable[[Node], Iterable[Node]]) -> set[str]:
    """The names of the features within a few steps; inner nodes do not count as a step."""
    found: set[str] = set()
    reached = [start]
    for _ in range(_FURTHEST):
        waiting, reached = [*reached], []
        while waiting:
            for node in step(waiting.pop()):
                if node.inner:
                    waiting.append(node)
                elif node.name not in found:
                    found.add(node.name)
                    reached.append(node)
    return found


def skipped(segment: Segment, read: str) -> list[Node]:
    """The nodes after the judged one up to the one that was read."""
    nodes = segment.network.nodes
    names = [node.name for node in nodes]
    return list(nodes[names.index(segment.node.name) + 1 : names.index(read) + 1])
