"""Passes of many candidates, in which nothing is computed twice.

Every value has a number, which stands for the node, the numbers of what it is computed from, and
the mistakes made there. Candidates with the same beginning thus share it; those with the same node
from different values share the reading of its weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from netparity.networks import Network, Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import RIGHT, Array, Mistake, run_step, values_in
from netparity.parity.passes import Weights, make_step

Mistakes = tuple[Mistake, ...]
Changes = Mapping[str, Mistakes]

_WORK_PER_BYTE = 8
"""Multiplications and additions that take as long as reading a byte of weights or of a value."""

_TOGETHER_BYTES = 2**20
"""Values up to this size are computed together with others; larger ones only if the weights are
larger still."""


@dataclass(frozen=True)
class _Value:
    """How a value is made.

    Attributes:
        node: None for a given value.
        inputs: the numbers of what it is computed from.
        make: gives a given value.
        images: rows of the array: as many as images, or more for several views of each.
    """

    node: Node | None
    inputs: tuple[int, ...] = ()
    mistakes: Mistakes = ()
    make: Callable[[], Array] | None = None
    images: int = 1


class SharedPasses:
    """The values of a network's nodes, for candidates in one precision with one set of weights."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self._network, self._weights = network, weights
        self._position = {node.name: place for place, node in enumerate(network.nodes)}
        self._numbers: dict[Hashable, int] = {}
        self._values: list[_Value] = []
        self._kept: dict[int, Array] = {}
        self._keep: frozenset[int] = frozenset()
        self._cost: dict[str, float] = {}

    def given(self, key: Hashable, make: Callable[[], Array], images: int) -> int:
        """The number of a given value.

        Args:
            key: what tells it from others.
            make: called when it is needed.
            images: its rows.
        """
        return self._number(("given", key), _Value(None, make=make, images=images))

    def follow(
        self, nodes: Iterable[Node], given: Mapping[str, int], changes: Changes
    ) -> dict[str, int]:
        """The numbers of nodes that are computed from given values, with mistakes in them."""
        numbers = dict(given)
        for node in nodes:
            inputs = tuple(numbers[name] for name in node.inputs)
            mistakes = changes.get(node.name, ())
            key = (node.name, inputs, mistakes)
            images = self._values[inputs[0]].images
            numbers[node.name] = self._number(key, _Value(node, inputs, mistakes, None, images))
        return numbers

    def keep(self, numbers: Iterable[int]) -> None:
        """Keep these values once they are computed, and forget all others."""
        self._keep = frozenset(numbers)
        self._kept = {number: kept for number, kept in self._kept.items() if number in self._keep}

    def plan(self, target: int, planned: set[int]) -> float:
        """Add a value to those that will be computed.

        Args:
            planned: the numbers of these; those that are missing are added.

        Returns:
            The multiplications and additions that this adds, or as much time as they take.
        """
        more = self._needed([target], planned)
        planned |= more
        return sum(self._work(number) for number in more)

    def run(self, targets: Sequence[int]) -> list[Array]:
        """The values of these numbers, N x their shape each."""
        needed = self._needed(targets)
        readings = Counter(each for number in needed for each in set(self._values[number].inputs))
        found = {number: self._kept[number] for number in targets if number in self._kept}
        wanted, values = set(targets), dict(self._kept)
        for (_, mistakes), group in groupby(sorted(needed, key=self._order), self._group):
            for number, value in self._together([*group], mistakes, values):
                values[number] = value
                if number in wanted:
                    found[number] = value
                if number in self._keep:
                    self._kept[number] = value
                for name in set(self._values[number].inputs):
                    readings[name] -= 1
                    if not readings[name]:
                        values.pop(name, None)
        return [found[number] for number in targets]

    def _number(self, key: Hashable, value: _Value) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._values)
            self._values.append(value)
        return self._numbers[key]

    def _needed(self, targets: Iterable[int], planned: Container[int] = frozenset()) -> set[int]:
        """The values to compute for these, without those that are kept or planned."""
        needed: set[int] = set()
        waiting = [*targets]
        while waiting:
            number = waiting.pop()
            if number not in needed and number not in self._kept and number not in planned:
                needed.add(number)
                waiting += self._values[number].inputs
        return needed

    def _group(self, number: int) -> tuple[int, int]:
        """The place of the node, and what is made wrong there."""
        value = self._values[number]
        if value.node is None:
            return -1, 0
        return self._position[value.node.name], hash(value.mistakes)

    def _order(self, number: int) -> tuple[tuple[int, int], int]:
        return self._group(number), number

    def _together(
        self, numbers: Sequence[int], mistakes: int, values: Mapping[int, Array]
    ) -> Iterable[tuple[int, Array]]:
        """Values of one node with the same mistakes, one after the other or in one array."""
        first = self._values[numbers[0]]
        if first.node is None or first.mistakes or len(numbers) == 1 or self._is_large(first.node):
            for number in numbers:
                yield number, self._computed(self._values[number], values)
            return
        rows = [self._values[number] for number in numbers]
        inputs = [
            np.concatenate([values[each.inputs[place]] for each in rows])
            for place in range(len(first.inputs))
        ]
        joined = self._step(first, inputs)
        starts = np.cumsum([values[each.inputs[0]].shape[0] for each in rows])[:-1]
        yield from zip(numbers, np.split(joined, starts), strict=True)

    def _computed(self, value: _Value, values: Mapping[int, Array]) -> Array:
        if value.make is not None:
            return value.make()
        return self._step(value, [values[number] for number in value.inputs])

    @np.errstate(over="ignore", invalid="ignore")  # a mistake may overflow float32
    def _step(self, value: _Value, inputs: Sequence[Array]) -> Array:
        node = value.node
        assert node is not None
        given = dict(zip(node.inputs, inputs, strict=True))
        return run_step(make_step(node, given, self._weights, RIGHT, value.mistakes))

    def _is_large(self, node: Node) -> bool:
        """Whether the values are larger than the weights, whose reading is all that is shared."""
        return self._value_bytes(node) > max(_TOGETHER_BYTES, self._weight_bytes(node))

    def _value_bytes(self, node: Node) -> int:
        shapes = self._network.shapes
        return 4 * max(values_in(shapes[name]) for name in (node.name, *node.inputs))

    def _weight_bytes(self, node: Node) -> int:
        return 4 * sum(values_in(self._network.tensors[name]) for name in node.tensors.values())

    def _work(self, number: int) -> float:
        value = self._values[number]
        if value.node is None:
            return 0.0
        return value.images * self._cost_of(value.node)

    def _cost_of(self, node: Node) -> float:
        if node.name not in self._cost:
            network = self._network
            inputs = [network.shapes[name] for name in node.inputs]
            tensors: dict[str, Any] = {
                role: network.tensors[name] for role, name in node.tensors.items()
            }
            flops = OPS[node.op].flops(node, inputs, tensors, network.shapes[node.name])
            read = self._weight_bytes(node) + 3 * self._value_bytes(node)
            self._cost[node.name] = flops + _WORK_PER_BYTE * read
        return self._cost[node.name]
