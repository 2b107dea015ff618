"""What the comparison of two sets of weights found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netparity.networks import Network
from netparity.networks.relating import Difference


@dataclass(frozen=True)
class Head:
    """The last layers of a network.

    Attributes:
        layers: their names.
        classes: units of the last one.
    """

    layers: tuple[str, ...]
    classes: int


@dataclass(frozen=True)
class Sameness:
    """The result of comparing two sets of weights; tensors have their names in the first network.

    Attributes:
        model: the first network.
        equal: tensors that are equal.
        changed: tensors that are equal under a change, with its parts (`words.WORDS`).
        different: tensors that no known change relates.
        only_first: tensors that the second set lacks, or has in another shape.
        only_second: the same of the second set, by their names in the second network.
        layers: the layer that each tensor of the first set belongs to, in the network's order.
        seconds: the name that each tensor has in the second network.
        details: what a change does, such as the factors of a scale, for some of the tensors.
        rounded: number of equal tensors that differ by no more than float32 rounding.
        convertible: whether `weights convert --apply` can undo the changes of the first file.
        heads: the last layers of both, if only these do not belong together.
        harmless: whether the changes leave the function as it is, but for rounding.
        structure: how the networks differ (A and B), a sentence each.
        order: the order of the image's channels in the network that does not state it, as the
            values tell; `A RGB` or `B BGR`, for example.
    """

    model: Network
    equal: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    different: Mapping[str, Difference]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    layers: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    rounded: int = 0
    convertible: bool = True
    heads: tuple[Head, Head] | None = None
    harmless: bool = False
    structure: tuple[str, ...] = ()
    order: str | None = None

    @property
    def same(self) -> bool:
        """Whether all tensors are equal."""
        return not (self.changed or self.different or self.only_first or self.only_second)

    @property
    def explained(self) -> bool:
        """Whether all tensors are equal or equal under a change."""
        return not (self.different or self.only_first or self.only_second)

    def layer_names(self, tensors: Mapping[str, object] | tuple[str, ...]) -> list[str]:
        """The layers that have one of these tensors, in the network's order."""
        wanted = set(tensors)
        return list(dict.fromkeys(self.layers[name] for name in self.layers if name in wanted))

    @property
    def quantised(self) -> tuple[list[str], list[str]]:
        """The layers whose kernels have few distinct values in the first or the second set alone.

        They are otherwise alike.
        """
        found = []
        for side in (0, 1):
            names = tuple(n for n, apart in self.different.items() if apart.quantised == side)
            found.append(self.layer_names(names))
        return found[0], found[1]

    @property
    def trained_further(self) -> list[str]:
        """The layers that differ but whose kernels are of the same training."""
        quantised = {name for side in self.quantised for name in side}
        layers = self.layer_names(self.different)
        return [name for name in layers if self._related(name) and name not in quantised]

    @property
    def unrelated(self) -> list[str]:
        """The layers that differ and have nothing in common."""
        return [name for name in self.layer_names(self.different) if not self._related(name)]

    def _related(self, layer: str) -> bool:
        """By the layer's largest tensor; one that is equal is related."""
        own = [name for name, owner in self.layers.items() if owner == layer]
        if any(name not in self.different for name in own if name.endswith("kernel")):
            return True
        largest = max(
            (self.different[name] for name in own if name in self.different),
            key=lambda difference: difference.size,
        )
        return largest.related
