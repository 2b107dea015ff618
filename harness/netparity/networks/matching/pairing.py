"""Which piece of one normal form is which of another, if both have the same structure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from netparity.networks.matching.pieces import COMMUTATIVE, NormalForm
from netparity.networks.matching.views import without_leading_ones

Label = tuple[int, int]
Places = tuple[int, int]


class _Numbers:
    """The same number for the same key; a comparison of keys, not of hashes."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def __getitem__(self, key: Any) -> int:
        return self._known.setdefault(key, len(self._known))


def pair(a: NormalForm, b: NormalForm) -> dict[int, int] | None:
    """Place of every piece of `a` to that of `b` that computes the same; None if none do so.

    Where two branches of one structure are added or multiplied, pieces of the same name belong
    together, and otherwise the order in the file decides.
    """
    if len(a.pieces) != len(b.pieces) or len(a.outputs) != len(b.outputs):
        return None
    return _Pairing(a, b).result()


def common_beginning(a: NormalForm, b: NormalForm) -> dict[int, int]:
    """The pieces that are computed in the same way from the input, whatever follows them.

    Pieces of which there are several of the same structure are left out.
    """
    numbers = _Numbers()
    first, second = (_once([below for below, _ in _labels(form, numbers)]) for form in (a, b))
    return {place: second[label] for label, place in first.items() if label in second}


def _once(labels: Sequence[int]) -> dict[int, int]:
    counts = Counter(labels)
    return {label: place for place, label in enumerate(labels) if counts[label] == 1}


class _Pairing:
    """Pairs pieces from the outputs to the inputs, guided by labels."""

    def __init__(self, a: NormalForm, b: NormalForm) -> None:
        numbers = _Numbers()
        self.a, self.b = a, b
        self.labels_a, self.labels_b = _labels(a, numbers), _labels(b, numbers)
        self.found: dict[int, int] = {}

    def result(self) -> dict[int, int] | None:
        """The pairs; every step of them is checked, whatever the labels promise."""
        if sorted(self.labels_a) != sorted(self.labels_b):
            return None
        waiting = list(self._any_order(self.a.outputs, self.b.outputs))
        while waiting:
            first, second = waiting.pop()
            if first in self.found:
                if self.found[first] != second:
                    return None
                continue
            if self.labels_a[first] != self.labels_b[second]:
                return None
            self.found[first] = second
            piece, other = self.a.pieces[first], self.b.pieces[second]
            if piece.op in COMMUTATIVE:
                waiting += self._any_order(piece.inputs, other.inputs)
            else:
                waiting += zip(piece.inputs, other.inputs, strict=True)
        everything = len(set(self.found.values())) == len(self.found) == len(self.a.pieces)
        return self.found if everything else None

    def _any_order(self, first: Sequence[int], second: Sequence[int]) -> Iterator[Places]:
        """Pieces of the same label together: those that are paired already, then by their names."""
        left: dict[Label, dict[int, None]] = defaultdict(dict)  # ordered, and quick to remove from
        named: dict[str, int] = {}
        for place in second:
            left[self.labels_b[place]][place] = None
            named.update((name, place) for name in self.b.pieces[place].members)
        later = []
        for place in first:
            members = self.a.pieces[place].members
            known = [self.found.get(place, -1), *(named.get(name, -1) for name in members)]
            candidates = left[self.labels_a[place]]
            best = next((other for other in known if other in candidates), None)
            if best is None:
                later.append(place)
                continue
            del candidates[best]
            yield place, best
        for place in later:
            candidates = left[self.labels_a[place]]
            other = next(iter(candidates), second[0])  # a wrong one ends the search
            candidates.pop(other, None)
            yield place, other


def _labels(form: NormalForm, numbers: _Numbers) -> list[Label]:
    """For each piece, what it is computed from and what is computed from it."""
    below: list[int] = []
    for piece in form.pieces:
        read = [below[place] for place in piece.inputs]
        if piece.op in COMMUTATIVE:
            read.sort()
        below.append(numbers[piece.local, without_leading_ones(piece.shape), tuple(read)])
    readers: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    above = [0] * len(form.pieces)
    outputs = set(form.outputs)
    for place in reversed(range(len(form.pieces))):
        piece = form.pieces[place]
        above[place] = numbers[place in outputs, tuple(sorted(readers[place]))]
        for position, source in enumerate(piece.inputs):
            which = -1 if piece.op in COMMUTATIVE else position
            readers[source].append((above[place], below[place], which))
    return list(zip(below, above, strict=True))
