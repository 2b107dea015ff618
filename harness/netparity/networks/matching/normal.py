"""From a network to its normal form."""

from __future__ import annotations

from dataclasses import replace

from netparity.networks.graph import Network
from netparity.networks.matching.building import Builder, Tensors
from netparity.networks.matching.pieces import NormalForm, Piece
from netparity.networks.matching.rules import rule_of


def normalise(
    network: Network, tensors: Tensors | None = None, drop_neutral: bool = False
) -> NormalForm:
    """The pieces of a network that its outputs depend on.

    Args:
        tensors: with them, sums that stand for a single operation are recognised.
        drop_neutral: whether biases of zeros and scales of ones count as absent, and the epsilon of
            a batch normalisation as part of its variance.
    """
    builder = Builder(network, tensors, drop_neutral)
    for node in network.nodes:
        builder.record(node.name, rule_of(node)(builder, node))
    outputs: list[int] = []
    for node in network.outputs:
        value = builder.value(node.name)
        piece = builder.pieces[value.place]
        keeps = value.view.keeps_order(piece.shape)
        outputs.append(value.place if keeps else builder.settled(value))
    return _kept(network, builder.pieces, tuple(dict.fromkeys(outputs)))


def _kept(network: Network, pieces: list[Piece], outputs: tuple[int, ...]) -> NormalForm:
    """Without the pieces that are of no use, such as padding that is now part of a convolution."""
    used: set[int] = set()
    waiting = list(outputs)
    while waiting:
        place = waiting.pop()
        if place not in used:
            used.add(place)
            waiting += pieces[place].inputs
    places = {place: number for number, place in enumerate(sorted(used))}
    kept = tuple(
        replace(pieces[place], inputs=tuple(places[source] for source in pieces[place].inputs))
        for place in sorted(used)
    )
    return NormalForm(network, kept, tuple(places[place] for place in outputs))
