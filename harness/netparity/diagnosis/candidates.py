"""Which mistakes could lie between two activations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.image_candidates import (
    changes_beside,
    input_changes,
    of_change,
    of_input,
    other_inputs,
    without_input,
)
from netparity.diagnosis.mistakes import is_narrow, mistakes_of
from netparity.diagnosis.neighbours import readings, skipped
from netparity.diagnosis.order import AT_NODES, COMMON_INPUTS, ENDS, MORE_EXACTLY
from netparity.diagnosis.segment import Candidate, Segment
from netparity.diagnosis.treatments import Treatment
from netparity.networks import Network, Node
from netparity.networks.ops.base import Mistake

_ALONE = frozenset({"treated-permuted", "treated-images"})
"""What fits too well by chance to be tried beside other mistakes."""

_MOST_OF_PRECISION = 0.25
"""Largest error that narrow arithmetic makes: twice that of bfloat16 in any measured layer."""

_TOGETHER = 8
"""Other inputs that are tried before the next group."""

_MOST_RESIZES = 6
_MOST_WITH_THE_BEST = 60


def singles(
    segment: Segment, treatments: Sequence[Treatment] = (), error: float = 0.0
) -> Iterator[list[Candidate]]:
    """One mistake at one place, or the same mistake at every layer that can have it.

    Args:
        treatments: what may have been done to the feature afterwards.
        error: the error that is left to explain. Narrow arithmetic makes no large ones.

    Yields:
        Groups of candidates that may look alike, the likeliest and cheapest first.
    """
    network = segment.network
    small = segment.is_single or error <= _MOST_OF_PRECISION
    cheap = segment.nodes if segment.is_single else [*_vectors(segment)]
    last = [each for node in reversed(cheap) for each in of_node(network, node, narrow=small)]
    ends = [*last, *readings(segment), *_treated(segment, treatments)]
    first = [of_change(change) for change in input_changes(segment) if len(change.mistakes) == 1]
    if segment.is_single:
        yield [*first, *ends]
        ends = []  # a mistake at the end is one in the layer: pairs come later
    else:
        yield ends
        yield with_ends(first, ends)
    others = other_inputs(segment)
    yield with_ends(islice(others, COMMON_INPUTS), ends)
    maps = [node for node in segment.nodes if node not in cheap]
    inside = [each for node in reversed(maps) for each in of_node(network, node, narrow=small)]
    whole = [*_everywhere(network, segment.nodes, narrow=small)]
    if not segment.is_single:
        yield [each for each in (*whole, *inside) if each.causes[0].mistake in AT_NODES]
    yield list(other_weights(segment))
    if not segment.is_single:
        yield inside
        yield whole
    while group := [*islice(others, _TOGETHER)]:
        yield with_ends(group, ends)


def with_ends(candidates: Iterable[Candidate], ends: Sequence[Candidate]) -> list[Candidate]:
    """Each candidate, and beside it the likely mistakes at the end, which cost next to nothing."""
    likely = [end for end in ends if end.causes[0].mistake in ENDS]
    found = []
    for candidate in candidates:
        beside_it = (candidate.joined(end) for end in likely)
        found += [candidate, *(joined for joined in beside_it if joined)]
    return found


def beside(
    segment: Segment,
    base: Candidate,
    treatments: Sequence[Treatment] = (),
    level: int = 0,
    error: float = 0.0,
) -> Iterator[list[Candidate]]:
    """One more mistake beside those of another candidate, in groups as `singles` yields them.

    Args:
        level: how many mistakes there are besides the base's first one. A third mistake is looked
            for in the image and the feature alone.
        error: the error that the base leaves.
    """
    nearer = _nearer(segment, base)
    yield [*islice(nearer, MORE_EXACTLY)]
    yield list(changes_beside(segment, base))
    near = [each for each in treatments if each.mistake not in _ALONE]
    groups = singles(segment, near, error) if level == 0 else _around(segment, near)
    for group in groups:
        yield [joined for each in group if (joined := base.joined(each))]
    while further := [*islice(nearer, _TOGETHER)]:
        yield further


def _nearer(segment: Segment, base: Candidate) -> Iterator[Candidate]:
    """What is done to the image besides, or more exactly, beside the rest of a candidate."""
    if base.other_input is not None:
        rest = without_input(base)
        for other in segment.inputs.beside(base.other_input):
            if joined := of_input(other).joined(rest):
                yield joined


def _around(segment: Segment, treatments: Sequence[Treatment]) -> Iterator[list[Candidate]]:
    """One mistake before or after the network."""
    changes = [of_change(change) for change in input_changes(segment) if len(change.mistakes) == 1]
    yield [*changes, *_treated(segment, treatments)]
    others = other_inputs(segment)
    while group := [*islice(others, _TOGETHER)]:
        yield group


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
        nodes = [*_layer(network, segment.node), *skipped(segment, str(reading.read))]
        for mistake in _everywhere(network, nodes):
            if joined := reading.joined(mistake):
                yield joined
        for node in skipped(segment, str(reading.read)):
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


def of_node(network: Network, node: Node, *, narrow: bool = True) -> Iterator[Candidate]:
    """Every mistake that this node can have, narrow arithmetic among them or not."""
    for mistake in mistakes_of(network, node):
        if narrow or not is_narrow(mistake):
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


def _everywhere(
    network: Network, nodes: Sequence[Node], *, narrow: bool = True
) -> Iterator[Candidate]:
    """The same mistake at every node that can have it."""
    fitting: dict[str, list[tuple[Mistake, Node]]] = {}
    for node in nodes:
        for mistake in mistakes_of(network, node):
            if narrow or not is_narrow(mistake):
                fitting.setdefault(mistake.key, []).append((mistake, node))
    for key, places in fitting.items():
        if len(places) > 1:
            causes = tuple(Cause(key, network.owner(node)) for _, node in places)
            changes = {node.name: (mistake,) for mistake, node in places}
            yield Candidate(causes, changes=changes)
