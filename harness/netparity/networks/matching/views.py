"""Values that are the same but for the order and shape in which they are stored.

A flatten, a reshape or a transpose computes nothing. A `View` says how its output follows from an
array that was computed before, so that operations that do not care can read that array instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from netparity.networks.graph import Shape


@dataclass(frozen=True)
class View:
    """An array as `source.transpose(order).reshape(shape)`; both are those of one image.

    Attributes:
        order: axes of the source.
        shape: of the view.
    """

    order: tuple[int, ...]
    shape: Shape

    def is_plain(self, source: Shape) -> bool:
        """Whether the view is the source but for leading axes of size 1.

        Broadcasting adds these anyway; others say along which axis values are repeated.
        """
        same = without_leading_ones(self.shape) == without_leading_ones(source)
        return same and self.keeps_order(source)

    def keeps_order(self, source: Shape) -> bool:
        """Whether the values have the order that they have in the source."""
        axes = [axis for axis in self.order if source[axis] != 1]
        return axes == sorted(axes)

    def reshaped(self, shape: Shape) -> View:
        """The same values in another shape."""
        return View(self.order, shape)

    def transposed(self, source: Shape, order: Sequence[int]) -> View | None:
        """The view with its own axes in another order; None if no view of the source is that.

        The axes of a view that splits or joins those of the source cannot be followed.
        """
        axes = [axis for axis in self.order if source[axis] != 1]
        own = [axis for axis, size in enumerate(self.shape) if size != 1]
        shape = tuple(self.shape[axis] for axis in order)
        moved = [axis for axis in order if self.shape[axis] != 1]
        if moved == own:
            return View(self.order, shape)
        if [source[axis] for axis in axes] != [self.shape[axis] for axis in own]:
            return None
        follows = [axes[own.index(axis)] for axis in moved]
        ones = [axis for axis, size in enumerate(source) if size == 1]
        return View((*follows, *ones), shape)


def whole(shape: Shape) -> View:
    """An array as it is."""
    return View(tuple(range(len(shape))), shape)


def without_ones(shape: Shape) -> Shape:
    """A shape without its axes of size 1."""
    return tuple(size for size in shape if size != 1)


def without_leading_ones(shape: Shape) -> Shape:
    """A shape without the axes of size 1 at its beginning."""
    first = next((axis for axis, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]


@dataclass(frozen=True)
class Rearrangement:
    """The values of a tensor in another order and shape, all of which can be undone.

    Attributes:
        given: shape of the tensor.
        split: shape to which it is reshaped first.
        order: axes of `split`.
        result: shape of the result.
    """

    given: Shape
    split: Shape
    order: tuple[int, ...]
    result: Shape

    @property
    def moves(self) -> bool:
        """Whether it changes the order of the values."""
        axes = [axis for axis in self.order if self.split[axis] != 1]
        return axes != sorted(axes)

    def inverse(self) -> Rearrangement:
        """From the result back to the tensor."""
        places = sorted(range(len(self.order)), key=self.order.__getitem__)
        split = tuple(self.split[axis] for axis in self.order)
        return Rearrangement(self.result, split, tuple(places), self.given)


def reshaping(given: Shape, result: Shape) -> Rearrangement:
    """The same values in the same order."""
    assert math.prod(given) == math.prod(result), f"{given} {result}"
    return Rearrangement(given, given, tuple(range(len(given))), result)
