"""Two networks with their tensors, and which tensor of one belongs to which of the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from netparity.networks import Network, Node
from netparity.networks import matching as networks_matching
from netparity.networks.folding import fold, normalisations
from netparity.networks.matching import Matching
from netparity.weights.contents import Tensors
from netparity.weights.sameness.result import Head

_NEUTRAL = {"bias": 0.0, "scale": 1.0}
"""Optional tensors that have no effect if all their values are this."""


@dataclass(frozen=True)
class Side:
    """A network with its tensors.

    Attributes:
        made: names of tensors that merging a normalisation changed or made.
    """

    network: Network
    tensors: Tensors
    made: frozenset[str] = frozenset()


def merged(a: Side, b: Side) -> tuple[Side, Side]:
    """Both without batch normalisations, if one has more of them than the other."""
    if normalisations(a.network) == normalisations(b.network):
        return a, b
    sides = []
    for side in (a, b):
        folded = fold(side.network, side.tensors)
        made = folded.made if folded.merged else frozenset[str]()
        sides.append(Side(folded.network, folded.tensors, made))
    return sides[0], sides[1]


def matching_of(a: Side, b: Side) -> Matching:
    """With the values at hand if the structure alone does not make them the same network.

    A bias does not belong to another whose kernel has another shape.
    """
    plain = networks_matching.compare(a.network, b.network)
    if plain.same:
        return plain
    valued = networks_matching.compare(a.network, b.network, a.tensors, b.tensors)
    best = valued if valued.same or len(valued.tensors) > len(plain.tensors) else plain
    known = {match.first for match in best.tensors}
    alone = {
        name
        for node in a.network.nodes
        if "kernel" in node.tensors and node.tensors["kernel"] not in known
        for name in node.tensors.values()
    }
    return replace(best, tensors=tuple(m for m in best.tensors if m.first not in alone))


def unmatched(a: Side, b: Side, matching: Matching) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tensors that belong to none of the other network, but for those without effect."""
    first = _without(a, {match.first for match in matching.tensors})
    return first, _without(b, {match.second for match in matching.tensors})


def _without(side: Side, known: set[str]) -> tuple[str, ...]:
    kernels = {node.tensors["kernel"] for node in side.network.nodes if "kernel" in node.tensors}
    roles = {
        name: (role, node.tensors.get("kernel", "") in kernels - known)
        for node in side.network.nodes
        for role, name in node.tensors.items()
    }
    return tuple(
        name
        for name in side.network.tensors
        if name in roles
        and name not in known
        and (roles[name][1] or not _neutral(side, roles[name][0], name))
    )


def _neutral(side: Side, role: str, name: str) -> bool:
    return role in _NEUTRAL and bool(np.all(np.asarray(side.tensors[name]) == _NEUTRAL[role]))


def heads_of(
    a: Side, b: Side, only_first: tuple[str, ...], only_second: tuple[str, ...]
) -> tuple[Head, Head] | None:
    """The last layers of both, if only these do not belong together."""
    first, second = _head(a, set(only_first)), _head(b, set(only_second))
    return None if first is None or second is None else (first, second)


def _head(side: Side, alone: set[str]) -> Head | None:
    """The layers at the end that have a tensor of their own; None if others have one too."""
    layers = [node for node in side.network.nodes if node.tensors]
    head = [node for node in layers if alone & set(node.tensors.values())]
    products = [node for node in head if "kernel" in node.tensors]
    if not products or layers[-len(head) :] != head:
        return None
    names = tuple(side.network.owner(node) for node in products)
    return Head(names, side.network.tensors[products[-1].tensors["kernel"]][-1])


def last_layer(network: Network) -> Node | None:
    """The last node with a kernel."""
    return next((node for node in reversed(network.nodes) if "kernel" in node.tensors), None)
