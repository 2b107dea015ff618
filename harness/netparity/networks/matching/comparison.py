"""Two normal forms side by side, and what differs between them piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netparity.networks.graph import Node
from netparity.networks.matching.alignment import Pairs
from netparity.networks.matching.pieces import (
    COMMUTATIVE,
    INPUT,
    REARRANGED,
    NormalForm,
    Piece,
    comparable,
)
from netparity.networks.matching.sentences import Difference, article, by, value
from netparity.networks.ops import OPS


class Comparison:
    """Two normal forms, and which piece of one comes nearest to which of the other."""

    def __init__(self, a: NormalForm, b: NormalForm, pairs: Pairs) -> None:
        self.a, self.b, self.pairs = a, b, pairs
        self.to_b = {i: j for i, j in pairs if i is not None and j is not None}
        self._to_a = {j: i for i, j in self.to_b.items()}

    def differences(self) -> Iterator[Difference]:
        """In the order of the networks."""
        for i, j in self.pairs:
            if j is None and i is not None:
                yield self._missing(self.a, i, "A", "B")
            elif i is None and j is not None:
                yield self._missing(self.b, j, "B", "A")
            elif i is not None and j is not None:
                yield from self._between(i, j)

    def name(self, i: int) -> str:
        """A piece of A as both networks call it."""
        first = shown(self.a, i)
        second = shown(self.b, self.to_b[i]) if i in self.to_b else first
        return first if first == second else f"{first} ({second} in B)"

    def _missing(self, form: NormalForm, place: int, one: str, other: str) -> Difference:
        piece = form.pieces[place]
        if piece.op == INPUT:
            return Difference(f"{one} has an input {{where}}; {other} has none", piece.name)
        source = form.pieces[piece.inputs[0]]
        place_before = piece.inputs[0]
        if source.op == INPUT:
            where = "the input"
        elif form is self.a:
            where = self.name(place_before)
        else:
            a = self._to_a.get(place_before)
            where = shown(form, place_before) if a is None else self.name(a)
        words = f"{one} has {article(title(piece))} after {{where}}; {other} has none"
        return Difference(words, where)

    def _between(self, i: int, j: int) -> Iterator[Difference]:
        a, b = self.a.pieces[i], self.b.pieces[j]
        if a.op == INPUT:
            if a.shape != b.shape:
                shapes = f"{by(a.shape)} in A, {by(b.shape)} in B"
                yield Difference(f"the input is {shapes}", "")
            return
        where = self.name(i)
        if a.op != b.op:
            kinds = f"{article(title(a))} in A, {article(title(b))} in B"
            yield Difference(f"{{where}}: {kinds}", where)
        else:
            yield from (Difference(words, where) for words in _settings(a, b))
            yield from (Difference(words, where) for words in _tensors(a, b))
        yield from self._edges(i, j)

    def _edges(self, i: int, j: int) -> Iterator[Difference]:
        """What the two read, past the pieces that only one network has."""
        read_a = [self._known(self.a, place, self.to_b) for place in self.a.pieces[i].inputs]
        read_b = [self._known(self.b, place, self._to_a) for place in self.b.pieces[j].inputs]
        expected = [None if place is None else self.to_b[place] for place in read_a]
        if self.a.pieces[i].op in COMMUTATIVE:
            equal = sorted(map(str, expected)) == sorted(map(str, read_b))
        else:
            equal = expected == read_b
        if not equal:
            first = ", ".join(shown(self.a, place) for place in self.a.pieces[i].inputs)
            second = ", ".join(shown(self.b, place) for place in self.b.pieces[j].inputs)
            yield Difference(f"{{where}} reads {first} in A, {second} in B", self.name(i))

    @staticmethod
    def _known(form: NormalForm, place: int, paired: Mapping[int, int]) -> int | None:
        while place not in paired:
            if not form.pieces[place].inputs:
                return None
            place = form.pieces[place].inputs[0]
        return place


def _settings(a: Piece, b: Piece) -> Iterator[str]:
    for name in sorted({*a.attributes, *b.attributes}):
        first, second = a.attributes.get(name), b.attributes.get(name)
        if comparable(first) == comparable(second):
            continue
        stated = (_stated(a.node, name, first), _stated(b.node, name, second))
        if comparable(stated[0]) != comparable(stated[1]):
            first, second = stated
        label = name.replace("_", " ")
        yield f"{{where}}: {label} {value(first)} in A, {value(second)} in B"


def _stated(node: Node | None, name: str, otherwise: Any) -> Any:
    """An attribute as the network has it; the normal form leaves out what has no effect."""
    if node is None or node.op not in OPS or name not in OPS[node.op].defaults:
        return otherwise
    return node.attributes.get(name, OPS[node.op].defaults[name])


def _tensors(a: Piece, b: Piece) -> Iterator[str]:
    for role in sorted({*a.tensors, *b.tensors}):
        first, second = a.tensors.get(role), b.tensors.get(role)
        if first is None:
            yield f"{{where}}: B has {article(role)}; A has none"
        elif second is None:
            yield f"{{where}}: A has {article(role)}; B has none"
        elif first.shape != second.shape and not _follows(a, b, role):
            yield f"{{where}}: {role} {by(first.shape)} in A, {by(second.shape)} in B"


def _follows(a: Piece, b: Piece, role: str) -> bool:
    """Whether the kernels, which differ, say how many biases there are."""
    kernels = [piece.tensors.get("kernel") for piece in (a, b)]
    return role == "bias" and all(
        kernel is not None and piece.tensors[role].shape == kernel.shape[-1:]
        for piece, kernel in zip((a, b), kernels, strict=True)
    )


def shown(form: NormalForm, place: int) -> str:
    """A piece's name; that of the tool's layer where it is the inner part of one."""
    piece = form.pieces[place]
    if piece.op == INPUT:
        return piece.name
    return piece.op if piece.node is None else form.network.owner(piece.node)


def title(piece: Piece) -> str:
    """The operation in words."""
    if piece.op == REARRANGED and piece.node is not None:
        return OPS[piece.node.op].title if piece.node.op in OPS else piece.node.op
    return OPS[piece.op].title if piece.op in OPS else piece.op
