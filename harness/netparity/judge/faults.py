"""The faulty layers of several features, and the time for the diagnosis of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from netparity.diagnosis import Diagnosis, Search
from netparity.diagnosis.pace import Clock, TimeLimit
from netparity.judge.checked_feature import CheckedFeature
from netparity.judge.layout import LABEL
from netparity.networks import Network, Node
from netparity.networks.ops.base import Array
from netparity.parity.local import KnownValues
from netparity.parity.passes import segment_before


@dataclass
class Faults:
    """The faulty layers, with what their diagnosis needs.

    Layers whose error is that of reduced precision are explained already.

    Attributes:
        known: the features before the first of them, as long as they are needed.
        faulty: their nodes.
        values: the features from the first of them on.
    """

    network: Network
    known: KnownValues = field(init=False)
    faulty: list[Node] = field(default_factory=list)
    values: dict[str, Array] = field(default_factory=dict)
    _right: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = KnownValues(self.network)

    @property
    def owners(self) -> list[str]:
        """The names under which the faulty layers are shown."""
        return [self.network.owner(node) for node in self.faulty]

    def see(self, node: Node, values: Array, row: CheckedFeature) -> None:
        """The next feature, in the network's order."""
        if row.faulty and not row.arithmetic:
            self.faulty.append(node)
            # The map of one image that fits no layout may lack its border.
            self.values[node.name] = values[None] if values.ndim == 3 else values
        elif row.entry.local is not None:
            if self.faulty:
                self._right.append(node.name)
                self.values[node.name] = values
            else:
                self.known.add(node.name, values)

    def of_images(self, numbers: Sequence[int]) -> Faults:
        """The same for some of the images."""
        places = [number - 1 for number in numbers]
        part = replace(self, values={name: x[places] for name, x in self.values.items()})
        for node in self.network.nodes:
            if node.name in self.known.values:
                part.known.add(node.name, self.known.values[node.name][places])
        return part

    def diagnosed(self, search: Search, shares: Shares, note: Callable[[str], None]) -> Diagnosis:
        """What is wrong with them."""

        def begin(place: str) -> None:
            shares.begin(place)
            note(place)

        values = {name: self.values[name] for name in self._needed()}
        return search.diagnose(LABEL, values, begin, self.known)

    def _needed(self) -> list[str]:
        """The features up to the last faulty layer, and the next that is computed from it.

        If that one is right on its own, the layer handed its mistake on, rather than being exported
        wrongly. Where a single layer is faulty, no other feature is needed.
        """
        first, last = self.faulty[0], self.faulty[-1]
        place = {node.name: number for number, node in enumerate(self.network.nodes)}
        needed = [
            name
            for name in self.values
            if (first is not last and place[name] <= place[last.name]) or name == first.name
        ]
        later = [name for name in self._right if place[name] > place[last.name]]
        known = {*self.known.values, *needed}
        for name in later:
            segment = segment_before(self.network, known, self.network.by_name[name])
            if last.name in segment.frontier:
                return [*needed, name]
        return needed


class Shares(TimeLimit):
    """The time for the diagnosis, in equal shares for the layers that are still to come."""

    def __init__(
        self, seconds: float, places: Sequence[str], clock: Clock = time.monotonic
    ) -> None:
        super().__init__(seconds, clock)
        self._last = self._end
        self._waiting = list(dict.fromkeys(places))

    def begin(self, place: str) -> None:
        """The next layer."""
        if place in self._waiting:
            now = self.clock()
            self._end = now + max(0.0, self._last - now) / len(self._waiting)
            self._waiting.remove(place)
