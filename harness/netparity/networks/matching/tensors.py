"""Which tensor of one network is which of another, and how its values are rearranged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.matching.pieces import TensorForm, comparable
from netparity.networks.matching.views import Rearrangement

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class TensorMatch:
    """A tensor of A and the one of B in its place.

    Attributes:
        first: name in A.
        second: name in B.
        node: the node of A that has it, as it is shown.
        role: `kernel`, `bias` and so on.
        a_form: A's tensor in the form in which both are compared.
        b_form: B's, in the same form.
        flip: whether the image's channels are in reversed order, so that the tensor is as well.
    """

    first: str
    second: str
    node: str
    role: str
    a_form: TensorForm = field(repr=False)
    b_form: TensorForm = field(repr=False)
    flip: bool = False

    @property
    def moves(self) -> bool:
        """Whether the values are in another order in B."""
        same = (self.a_form.into.split, self.a_form.into.order) == (
            self.b_form.into.split,
            self.b_form.into.order,
        )
        moved = self.a_form.into.moves or self.b_form.into.moves
        return self.flip or (moved and not same)

    def first_form(self, tensor: Array) -> Array:
        """A's tensor as it is compared, with the image's channels in the order of B."""
        values = self._flipped(rearranged(tensor, self.a_form.into))
        return _added(values, self.a_form.offset)

    def second_form(self, tensor: Array) -> Array:
        """B's tensor as it is compared."""
        return _added(rearranged(tensor, self.b_form.into), self.b_form.offset)

    def to_second(self, tensor: Array) -> Array:
        """A's tensor in the form that it has in B; a view where that is possible."""
        values = self._flipped(rearranged(tensor, self.a_form.into))
        values = _added(values, self._shift)
        return rearranged(values, self.b_form.into.inverse())

    def to_first(self, tensor: Array) -> Array:
        """B's tensor in the form that it has in A; a view where that is possible."""
        values = self._flipped(rearranged(tensor, self.b_form.into))
        values = _added(values, -self._shift)
        return rearranged(values, self.a_form.into.inverse())

    @property
    def _shift(self) -> float:
        """What A's form adds more than B's; nothing where they are equal but for rounding."""
        first, second = self.a_form.offset, self.b_form.offset
        return 0.0 if comparable(first) == comparable(second) else first - second

    def _flipped(self, values: Array) -> Array:
        axis = self.a_form.image_axis
        return np.flip(values, axis) if self.flip and axis is not None else values


def _added(values: Array, offset: float) -> Array:
    return values + np.float64(offset) if offset else values


def rearranged(tensor: Array, how: Rearrangement) -> Array:
    """The tensor's values in another order and shape; a view where that is possible."""
    return tensor.reshape(how.split).transpose(how.order).reshape(how.result)
