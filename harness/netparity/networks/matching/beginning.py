"""Where two networks are the same up to their heads, and what each of them has then."""

from __future__ import annotations

from dataclasses import dataclass, field

from netparity.networks.graph import Network
from netparity.networks.matching.compare import Matching, compare_beginning
from netparity.networks.matching.comparison import shown
from netparity.networks.matching.normal import normalise
from netparity.networks.matching.pairing import common_beginning
from netparity.networks.matching.pieces import INPUT, NormalForm
from netparity.networks.matching.sentences import listed

_CONVOLUTIONS = ("conv", "conv_transpose")


@dataclass(frozen=True)
class SharedBeginning:
    """What two networks compute in the same way from their inputs, and the rest.

    Attributes:
        matching: of the nodes and tensors that they share.
        last: the last of A's nodes that B shares; empty if they share none.
        only_a: the other nodes of A, in order.
        only_b: those of B.
        is_up_to_head: whether they share all convolutions of B, so that what B has alone is its
            head: dense layers, a mean over the map, a softmax.
    """

    matching: Matching = field(repr=False)
    last: str
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    is_up_to_head: bool

    @property
    def sentence(self) -> str:
        """Up to where they are the same, and what follows, in words that can stand alone."""
        if not self.last:
            return "A and B have nothing in common from their inputs on"
        rest = [
            f"{name} continues with {listed(list(nodes))}" if nodes else f"{name} ends there"
            for name, nodes in (("A", self.only_a), ("B", self.only_b))
        ]
        return f"A and B are the same up to {self.last}; {', '.join(rest)}"


def same_beginning(a: Network, b: Network) -> SharedBeginning:
    """Follow two networks from their inputs for as long as they compute the same.

    Names, spellings and the size of a head make no difference; a change at the beginning leaves
    nothing in common.
    """
    first, second = normalise(a), normalise(b)
    shared = common_beginning(first, second)
    computed = [place for place in sorted(shared) if first.pieces[place].op != INPUT]
    alone = [place for place in range(len(second.pieces)) if place not in shared.values()]
    return SharedBeginning(
        compare_beginning(a, b),
        shown(first, computed[-1]) if computed else "",
        _named(first, [place for place in range(len(first.pieces)) if place not in shared]),
        _named(second, alone),
        bool(computed) and all(second.pieces[place].op not in _CONVOLUTIONS for place in alone),
    )


def _named(form: NormalForm, places: list[int]) -> tuple[str, ...]:
    names = [shown(form, place) for place in places if form.pieces[place].op != INPUT]
    return tuple(dict.fromkeys(names))  # an inner node has the name of its layer
