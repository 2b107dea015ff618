"""Do two networks have the same structure, and if not, how do they differ?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from netparity.networks.graph import Network
from netparity.networks.matching.alignment import align
from netparity.networks.matching.building import Tensors
from netparity.networks.matching.comparison import Comparison
from netparity.networks.matching.normal import normalise
from netparity.networks.matching.pairing import common_beginning, pair
from netparity.networks.matching.pieces import NormalForm, Piece
from netparity.networks.matching.sentences import Difference, sentences
from netparity.networks.matching.tensors import TensorMatch


@dataclass(frozen=True)
class Matching:
    """Which part of a network A is which of a network B.

    Attributes:
        nodes: node of A to the node of B with the same value, up to its shape.
        tensors: the tensors that belong together, in the order of A's nodes.
        differences: a sentence each; empty if both compute the same function with equal tensors.
        notes: differences that have no effect, or that the tensors' values decide.
    """

    a: Network = field(repr=False)
    b: Network = field(repr=False)
    nodes: Mapping[str, str]
    tensors: tuple[TensorMatch, ...]
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both have the same structure, whatever their names and spellings."""
        return not self.differences


def compare(
    a: Network,
    b: Network,
    a_tensors: Tensors | None = None,
    b_tensors: Tensors | None = None,
) -> Matching:
    """Match two networks node by node.

    What has no effect is not compared: names, the order of nodes in the file, dropout and identity,
    how padding is spelled, a dense layer written as a convolution, the order of a flatten before a
    dense layer (its kernel's rows are matched accordingly), and axes of size 1.

    Args:
        a_tensors: A's tensors, if they are at hand. Sums with constants that stand for a single
            operation are recognised by them.
        b_tensors: B's. With both, a bias of zeros counts as no bias, a scale of ones as none, and
            an epsilon as part of the variance, so that only `compare_values` can tell it apart.
    """
    a_tensors, b_tensors = a_tensors or None, b_tensors or None
    known = a_tensors is not None and b_tensors is not None
    first = normalise(a, a_tensors, known)
    second = normalise(b, b_tensors, known)
    exact = pair(first, second)
    if exact is not None:
        return _matching(Comparison(first, second, list(exact.items())), ())
    return _matching(*_nearest(first, second))


def compare_beginning(a: Network, b: Network) -> Matching:
    """Match what two networks compute in the same way from their inputs.

    Returns:
        Only such nodes and tensors belong together; what differs is not looked for.
    """
    first, second = normalise(a), normalise(b)
    return _matching(Comparison(first, second, list(common_beginning(first, second).items())), ())


def _matching(comparison: Comparison, differences: tuple[str, ...]) -> Matching:
    return Matching(
        comparison.a.network,
        comparison.b.network,
        dict(_nodes(comparison)),
        tuple(_tensors(comparison)),
        differences,
        sentences(_notes(comparison)),
    )


def _nearest(a: NormalForm, b: NormalForm) -> tuple[Comparison, tuple[str, ...]]:
    """The alignment with the fewest differences, and these."""
    tries = []
    for as_read in (True, False):
        comparison = Comparison(a, b, align(a, b, as_read))
        tries.append((comparison, list(comparison.differences())))
    comparison, found = min(tries, key=lambda attempt: len(attempt[1]))
    return comparison, sentences(found) or ("the same operations are joined in another way",)


def _nodes(comparison: Comparison) -> Iterator[tuple[str, str]]:
    for i, j in sorted(comparison.to_b.items()):
        a, b = comparison.a.pieces[i], comparison.b.pieces[j]
        for name in _computed(comparison.a, a.members):
            others = _computed(comparison.b, b.members)
            if others:
                yield name, name if name in others else others[0]
        views = {view: name for name, view in reversed(b.views)}
        yield from ((name, views[view]) for name, view in a.views if view in views)


def _computed(form: NormalForm, names: list[str]) -> list[str]:
    return [name for name in names if name in form.network.by_name]


def _tensors(comparison: Comparison) -> Iterator[TensorMatch]:
    flip = {image_order(comparison.a.network), image_order(comparison.b.network)} == {"RGB", "BGR"}
    for i, j in sorted(comparison.to_b.items()):
        a, b = comparison.a.pieces[i], comparison.b.pieces[j]
        for role, first in a.tensors.items():
            second = b.tensors.get(role)
            if second is not None and first.shape == second.shape:
                flipped = flip and first.image_axis is not None
                yield TensorMatch(
                    *(first.name, second.name, comparison.name(i), role), first, second, flipped
                )


def image_order(network: Network) -> str | None:
    """The order of the channels of a network's first input, if it is known."""
    first = network.inputs[0]
    if first.preprocessing is None:
        takes_colour = len(first.shape) == 3 and first.shape[2] == 3
        return "BGR" if network.origin == "caffe" and takes_colour else None
    return first.preprocessing.order


def _notes(comparison: Comparison) -> Iterator[Difference]:
    for i, j in sorted(comparison.to_b.items()):
        first = reading_order(comparison.a, comparison.a.pieces[i])
        second = reading_order(comparison.b, comparison.b.pieces[j])
        if first != second and first and second:
            words = (
                f"{{where}} reads its input in the order {first} in A, {second} in B; the rows of "
                "its kernel are compared accordingly"
            )
            yield Difference(words, comparison.name(i))


def reading_order(form: NormalForm, piece: Piece) -> str:
    """The order of axes in which a dense layer reads a whole map; empty for anything else."""
    if piece.op != "dense" or "kernel" not in piece.tensors or not piece.inputs:
        return ""
    source = form.pieces[piece.inputs[0]].shape
    back = piece.tensors["kernel"].into.order[:-1]
    if len(source) != 3 or len(back) != 3:
        return ""
    order = sorted(range(3), key=back.__getitem__)
    return ", ".join("HWC"[axis] for axis in order)
