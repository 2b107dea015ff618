"""One of several features that were checked together."""

from __future__ import annotations

from dataclasses import dataclass

from netparity.judge.per_image import PerImage
from netparity.protocol import Arithmetic, ParityEntry
from netparity.results.outcomes import PASSING


@dataclass(frozen=True)
class CheckedFeature:
    """One of several features.

    Attributes:
        name: as given.
        entry: the verdict with every metric: `entry.feature` is the network's name of the layer,
            `entry.floor` its noise floor, `entry.local` its own error, given the features before.
        orientation: layout of the values, in words; for values of another shape, what was expected.
        remark: anything else to know, such as a layout in which the values would diverge.
        images: how each of several images compares, if the feature does not agree.
    """

    name: str
    entry: ParityEntry
    orientation: str
    remark: str | None = None
    images: PerImage | None = None

    @property
    def passed(self) -> bool:
        """Whether it agrees with the reference; true for `inconclusive` too."""
        return self.entry.verdict in PASSING

    @property
    def faulty(self) -> bool:
        """Whether the layer is wrong on its own, or its values cannot be compared."""
        local = self.entry.local
        return self.entry.verdict == "error" if local is None else local.verdict not in PASSING

    @property
    def arithmetic(self) -> list[Arithmetic]:
        """The kinds of reduced precision that explain its own error; empty if none does."""
        judged = self.entry.local or self.entry
        return [] if judged.arithmetic is None else [judged.arithmetic, *judged.or_arithmetic]
