"""What a network computes, without the spellings in which networks of one function differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from netparity.networks.graph import Network, Node, Shape
from netparity.networks.matching.views import Rearrangement, View

INPUT = "input"
REARRANGED = "rearranged"
"""A flatten, reshape or transpose that an operation depends on: no view can stand for it."""

COMMUTATIVE = {"add", "multiply"}


@dataclass(frozen=True)
class TensorForm:
    """A tensor of the network in the form in which pieces are compared.

    Attributes:
        name: of the tensor.
        into: from the network's form into the piece's.
        image_axis: the piece's axis along which the image's channels lie; None if it has none.
        offset: added to every value before it is compared: the epsilon of a variance.
    """

    name: str
    into: Rearrangement
    image_axis: int | None = None
    offset: float = 0.0

    @property
    def shape(self) -> Shape:
        """In the piece's form."""
        return self.into.result


@dataclass
class Piece:
    """One operation in its normal form.

    Attributes:
        op: a key of `ops.OPS`, `INPUT` or `REARRANGED`.
        attributes: every one that has an effect, in its normal form.
        inputs: places of other pieces in the list.
        tensors: role to tensor.
        shape: of the output.
        node: the node whose operation it is; None for an input of the network.
        members: nodes and inputs with this value, up to their shape; the node is the first.
        views: further nodes with this value in another order.
        nonnegative: whether the output has no negative value, whatever the weights.
        channels_of_image: whether its channels are those of the image.
    """

    op: str
    attributes: Mapping[str, Any]
    inputs: tuple[int, ...]
    tensors: Mapping[str, TensorForm]
    shape: Shape
    node: Node | None
    members: list[str] = field(default_factory=list)
    views: list[tuple[str, View]] = field(default_factory=list)
    nonnegative: bool = False
    channels_of_image: bool = False

    @cached_property
    def settings(self) -> tuple[Any, ...]:
        """The attributes in a form that can be compared, with numbers to six digits."""
        return tuple((name, comparable(value)) for name, value in sorted(self.attributes.items()))

    @cached_property
    def local(self) -> tuple[Any, ...]:
        """All that the piece itself is, without what it reads."""
        shapes = tuple((role, tensor.shape) for role, tensor in sorted(self.tensors.items()))
        image = self.shape if self.op == INPUT else ()
        return (self.op, self.settings, shapes, len(self.inputs), image)

    @property
    def name(self) -> str:
        """The node's, or the input's."""
        return self.members[0] if self.node is None else self.node.name


@dataclass(frozen=True)
class NormalForm:
    """A network as pieces, each after those that it reads.

    Attributes:
        pieces: only those that an output depends on.
        outputs: places of the pieces that no node reads.
    """

    network: Network
    pieces: tuple[Piece, ...]
    outputs: tuple[int, ...]

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """The piece that has each node's value, up to its shape."""
        return {name: place for place, piece in enumerate(self.pieces) for name in piece.members}


def comparable(value: Any) -> Any:
    """A value such that two are equal if they differ by no more than float32 rounding."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, (tuple, list)):
        return tuple(comparable(item) for item in value)
    return value
