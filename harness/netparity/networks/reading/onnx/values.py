"""Activations, and the order of the axes in which the file has them.

The graph's arrays are N x H x W x C; a file's are mostly N x C x H x W, and some have both, with a
Transpose wherever one becomes the other. A `Value` therefore says which of the graph's axes each of
the file's axes is. A Transpose changes this alone and needs no node; only where an operation
demands another order than the one at hand is a `transpose` node made (`Builder.arranged`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netparity.networks.node import Shape

CHANNELS_FIRST = (0, 3, 1, 2)
CHANNELS_LAST = (0, 1, 2, 3)


@dataclass(frozen=True)
class Value:
    """The output of a node, or an input, as the file sees it.

    Attributes:
        node: name of the node, or of the input.
        shape: the node's, of one image.
        axes: for each axis of the file's tensor, 0 for the images or 1 + the axis of `shape`.
        images: how many images the file's shapes count.
        path: the file's names of this tensor since the node: the node's output, and those that
            were made from it by a change of order.
        before: what was reshaped to this, as the file sees it.
    """

    node: str
    shape: Shape
    axes: tuple[int, ...]
    images: int
    path: tuple[str, ...] = ()
    before: Value | None = None

    @property
    def sizes(self) -> Shape:
        """The shape that the file's tensor has."""
        return tuple((self.images, *self.shape)[axis] for axis in self.axes)

    @property
    def rank(self) -> int:
        """The number of axes of the file's tensor."""
        return len(self.axes)

    @property
    def is_natural(self) -> bool:
        """Whether the order is one in which a file has it without a Transpose."""
        natural = tuple(range(self.rank))
        return self.axes in (natural, CHANNELS_FIRST)

    def reordered(self, order: Sequence[int]) -> Value:
        """As the output of a Transpose."""
        return replace(self, axes=tuple(self.axes[axis] for axis in order), before=None)


def natural_axes(rank: int) -> tuple[int, ...]:
    """The order that a file's tensor usually has: channels first for an image."""
    return CHANNELS_FIRST if rank == len(CHANNELS_FIRST) else tuple(range(rank))
