"""Which mistakes could lie between two activations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.image_candidates import (
    changes_beside,
    input_changes,
    of_change,
    of_input,
    other_inputs,
    without_input,
)
from netparity.diagnosis.mistakes import is_left_out, mistakes_of
from netparity.diagnosis.segment import Candidate, Segment
from netparity.diagnosis.treatments import Treatment
from netparity.networks import Network, Node
from netparity.networks.ops.base import Mistake

_FURTHEST = 2
"""Number of layers by which a feature may have been read too early or too late."""

_ALONE = frozenset({"treated-permuted", "treated-images"})
"""What fits too well by chance to be tried beside other mistakes."""

_MOST_RESIZES = 6
_MOST_WITH_THE_BEST = 60


def singles(segment: Segment, treatments: Sequence[Treatment] = ()) -> Iterator[list[Candidate]]:
    """One mistake at one place, or the same mistake at every layer that can have it.

    Args:
        treatments: what may have been done to the feature afterwards.

    Yields:
        Groups of candidates that may look alike, the cheapest group first.
    """
    network = segment.network
    first = [of_change(change) for change in input_changes(segment) if len(change.mistakes) == 1]
    cheap = segment.nodes if segment.is_single else [*_vectors(segment)]
    for node in reversed(cheap):
        first += of_node(network, node)
    yield [*first, *_readings(segment), *_treated(segment, treatments)]
    yield list(other_weights(segment))
    yield from ([candidate] for candidate in other_inputs(segment))
    if not segment.is_single:
        yield list(_everywhere(network, segment.nodes))
        maps = [node for node in segment.nodes if node not in cheap]
        yield [candidate for node in reversed(maps) for candidate in of_node(network, node)]


def beside(
    segment: Segment, base: Candidate, treatments: Sequence[Treatment] = (), level: int = 0
) -> Iterator[list[Candidate]]:
    """One more mistake beside those of another candidate, in groups as `singles` yields them.

    Args:
        level: how many mistakes there are besides the base's first one. A third mistake is looked
            for in the image and the feature alone.
    """
    if base.other_input is not None:
        nearer = map(of_input, segment.inputs.beside(base.other_input))
        rest = without_input(base)
        yield [joined for each in nearer if (joined := each.joined(rest))]
    yield list(changes_beside(segment, base))
    near = [each for each in treatments if each.mistake not in _ALONE]
    groups = singles(segment, near) if level == 0 else _around(segment, near)
    for group in groups:
        yield [joined for each in group if (joined := base.joined(each))]


def _around(segment: Segment, treatments: Sequence[Treatment]) -> Iterator[list[Candidate]]:
    """One mistake before or after the network."""
    changes = [of_change(change) for change in input_changes(segment) if len(change.mistakes) == 1]
    yield [*changes, *_treated(segment, treatments)]
    yield from ([candidate] for candidate in other_inputs(segment))


def _treated(segment: Segment, treatments: Sequence[Treatment]) -> Iterator[Candidate]:
    place = segment.network.owner(segment.node)
    for treatment in treatments:
        yield Candidate((Cause(treatment.mistake, place),), treatment=treatment)


def narrower(segment: Segment, causes: Sequence[Cause]) -> Iterator[Candidate]:
    """For the same mistake at several layers: the mistake at each of them alone.

    Where the mistake is as small as rounding, it may not be possible to say where else it was made.
    """
    keys = {cause.mistake for cause in causes}
    if len(causes) > 1 and len(keys) == 1:
        for node in segment.nodes:
            for mistake in mistakes_of(segment.network, node):
                if mistake.key in keys:
                    yield _made(segment.network, mistake, [node])


def pairs(segment: Segment, ranked: list[Candidate], most: int) -> Iterator[Candidate]:
    """Two mistakes at once.

    Args:
        ranked: single candidates, the most promising first.
        most: how many of them are paired with each other.
    """
    network = segment.network
    changes = [of_change(change) for change in input_changes(segment)]
    yield from (change for change in changes if len(change.causes) > 1)
    chosen = [candidate for candidate in ranked if candidate.input is None][:most]
    if not segment.from_input:
        changes = []
    resized = [candidate for candidate in ranked if candidate.other_input is not None]
    for change in changes:
        for candidate in [*chosen, *resized[:_MOST_RESIZES]]:
            if joined := change.joined(candidate):
                yield joined
    for first, second in [*combinations(chosen, 2), *_with_the_best(ranked, most)]:
        if joined := first.joined(second):
            yield joined
    later = {node.name for node in segment.beyond}
    for reading in (candidate for candidate in chosen if candidate.read in later):
        nodes = [*_layer(network, segment.node), *_skipped(segment, str(reading.read))]
        for mistake in _everywhere(network, nodes):
            if joined := reading.joined(mistake):
                yield joined
        for node in _skipped(segment, str(reading.read)):
            for mistake in of_node(network, node):
                if joined := reading.joined(mistake):
                    yield joined


def _with_the_best(ranked: list[Candidate], most: int) -> Iterator[tuple[Candidate, Candidate]]:
    """The most promising candidate with those that are not among the `most` promising ones.

    Where one mistake is much larger than the other, all that the smaller one does is hidden by it.
    """
    for other in ranked[most:_MOST_WITH_THE_BEST]:
        yield ranked[0], other


def other_weights(segment: Segment) -> Iterator[Candidate]:
    """The weights of another file."""
    if any(node.tensors for node in segment.nodes):
        for source in segment.others:
            cause = Cause("weights-other", segment.network.owner(segment.node), source)
            yield Candidate((cause,), weights=source)


def of_node(network: Network, node: Node) -> Iterator[Candidate]:
    """Every mistake that this node can have."""
    for mistake in mistakes_of(network, node):
        yield _made(network, mistake, [node])


def of_layer(network: Network, node: Node) -> Iterator[Candidate]:
    """Every mistake of a node and of the inner nodes that belong to it."""
    for part in reversed(_layer(network, node)):
        yield from of_node(network, part)


def _layer(network: Network, node: Node) -> list[Node]:
    """A node and the inner ones before it, in the order in which they are computed."""
    parts = [node]
    while (before := network.by_name.get(parts[0].inputs[0])) is not None and before.inner:
        parts.insert(0, before)
    return parts


def _vectors(segment: Segment) -> Iterator[Node]:
    """The nodes that compute no map, which is quick."""
    for node in segment.nodes:
        shape = segment.network.shapes[node.name]
        if len(shape) < 3 or set(shape[:-1]) == {1}:
            yield node


def _made(network: Network, mistake: Mistake, nodes: Sequence[Node]) -> Candidate:
    causes = tuple(Cause(mistake.key, network.owner(node)) for node in nodes)
    return Candidate(causes, changes={node.name: (mistake,) for node in nodes})


def everywhere(network: Network, nodes: Sequence[Node], key: str) -> Candidate:
    """One mistake at every node that can have it."""
    changes = {
        node.name: (mistake,)
        for node in nodes
        for mistake in mistakes_of(network, node)
        if mistake.key == key
    }
    return Candidate((), changes=changes)


def _everywhere(network: Network, nodes: Sequence[Node]) -> Iterator[Candidate]:
    """The same mistake at every node that can have it."""
    fitting: dict[str, list[tuple[Mistake, Node]]] = {}
    for node in nodes:
        for mistake in mistakes_of(network, node):
            fitting.setdefault(mistake.key, []).append((mistake, node))
    for key, places in fitting.items():
        if len(places) > 1:
            causes = tuple(Cause(key, network.owner(node)) for _, node in places)
            changes = {node.name: (mistake,) for mistake, node in places}
            yield Candidate(causes, changes=changes)


def _readings(segment: Segment) -> Iterator[Candidate]:
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


def _skipped(segment: Segment, read: str) -> list[Node]:
    """The nodes after the judged one up to the one that was read."""
    nodes = segment.network.nodes
    names = [node.name for node in nodes]
    return list(nodes[names.index(segment.node.name) + 1 : names.index(read) + 1])
