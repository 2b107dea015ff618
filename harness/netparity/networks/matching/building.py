"""Collects the pieces of a network's normal form, each once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import Network, Node, Shape
from netparity.networks.matching.pieces import INPUT, REARRANGED, Piece, TensorForm
from netparity.networks.matching.views import View, reshaping, whole, without_leading_ones
from netparity.networks.ops import OPS
from netparity.networks.ops.base import REQUIRED

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]

_COLOURS = 3
_NEUTRAL = {"bias": 0.0, "scale": 1.0}
"""Optional tensors that have no effect if all their values are this."""

_ALWAYS_NONNEGATIVE = {"relu", "sigmoid", "hard_sigmoid", "softmax", "softplus"}
_KEEPING_SIGN = {
    *("max_pool", "average_pool", "global_average", "global_max", "mean", "concat", "add"),
    *("multiply", "crop", "resize", REARRANGED),
}
_KEEPING_CHANNELS = {
    *("batch_norm", "scale_shift", "pad", "crop", "max_pool", "average_pool", "relu", "prelu"),
    *("leaky_relu", "clipped_relu", "resize"),
}


@dataclass(frozen=True)
class Value:
    """The output of a node: a view of a piece's output."""

    place: int
    view: View


class Builder:
    """The pieces so far, and the value of every node so far."""

    def __init__(
        self, network: Network, tensors: Tensors | None = None, drop_neutral: bool = False
    ) -> None:
        self.network, self._tensors, self.drop_neutral = network, tensors, drop_neutral
        self.pieces: list[Piece] = []
        self._values: dict[str, Value] = {}
        self._places: dict[tuple[Any, ...], int] = {}
        for number, entry in enumerate(network.inputs):
            colours = len(entry.shape) == 3 and entry.shape[2] == _COLOURS
            piece = Piece(INPUT, {"number": number}, (), {}, entry.shape, None)
            piece.channels_of_image = colours
            self.pieces.append(piece)
            self.record(entry.name, Value(number, whole(entry.shape)))

    def value(self, name: str) -> Value:
        """The value of a node or an input."""
        return self._values[name]

    def record(self, name: str, value: Value) -> None:
        """Keep the value of a node."""
        self._values[name] = value
        piece = self.pieces[value.place]
        if value.view.keeps_order(piece.shape):
            piece.members.append(name)
        else:
            piece.views.append((name, value.view))

    def plain(self, name: str) -> int:
        """The piece with the value of a node, in its shape but for leading axes of size 1."""
        return self.settled(self._values[name])

    def settled(self, value: Value) -> int:
        """The piece with a value; a new one where the value is rearranged."""
        source = self.pieces[value.place]
        if value.view.is_plain(source.shape):
            return value.place
        axes = tuple(axis for axis in value.view.order if source.shape[axis] != 1)
        attributes = {"order": axes, "shape": without_leading_ones(value.view.shape)}
        node = next((n for n, view in reversed(source.views) if view == value.view), None)
        made = None if node is None else self.network.by_name[node]
        return self._put(Piece(REARRANGED, attributes, (value.place,), {}, value.view.shape, made))

    def attributes(self, node: Node) -> dict[str, Any]:
        """Every attribute of a node; axes are counted from the last."""
        found = {
            name: node.attributes.get(name, default)
            for name, default in OPS[node.op].defaults.items()
            if default is not REQUIRED or name in node.attributes
        }
        rank = len(self.shape(node.inputs[0]))
        if isinstance(found.get("axis"), int):
            found["axis"] = _from_last(found["axis"], rank)
        if isinstance(found.get("axes"), tuple):
            found["axes"] = tuple(sorted(_from_last(axis, rank) for axis in found["axes"]))
        return found

    def shape(self, name: str) -> Shape:
        """The shape of a node's or an input's output."""
        return self.network.shapes[name]

    def tensors(self, node: Node) -> dict[str, str]:
        """Role to tensor, without those that are known to have no effect."""
        optional = OPS[node.op].optional_roles
        return {
            role: name
            for role, name in node.tensors.items()
            if role not in optional or not self._has_no_effect(role, name)
        }

    def _has_no_effect(self, role: str, name: str) -> bool:
        return self.drop_neutral and self.constant(name) == _NEUTRAL.get(role)

    def constant(self, name: str) -> float | None:
        """The number that all values of a tensor are; None if they differ or are not known."""
        if self._tensors is None or name not in self._tensors:
            return None
        values = np.asarray(self._tensors[name])
        first = values.flat[0]
        return float(first) if np.all(values == first) else None

    def forms(self, node: Node) -> dict[str, TensorForm]:
        """A node's tensors without leading axes of size 1, which broadcasting adds anyway."""
        return {
            role: TensorForm(name, reshaping(shape, without_leading_ones(shape)))
            for role, name in self.tensors(node).items()
            for shape in [self.network.tensors[name]]
        }

    def add(
        self,
        node: Node,
        op: str,
        inputs: Sequence[int],
        attributes: Mapping[str, Any],
        tensors: Mapping[str, TensorForm] | None = None,
        shape: Shape | None = None,
    ) -> Value:
        """A node's piece, or the one that computes the same already."""
        shape = self.shape(node.name) if shape is None else shape
        piece = Piece(op, attributes, tuple(inputs), dict(tensors or {}), shape, node)
        return Value(self._put(piece), whole(shape))

    def _put(self, piece: Piece) -> int:
        forms = tuple(piece.tensors.items())
        key = (piece.op, piece.settings, piece.inputs, forms, piece.shape)
        if key not in self._places:
            self._mark(piece)
            self._places[key] = len(self.pieces)
            self.pieces.append(piece)
        return self._places[key]

    def _mark(self, piece: Piece) -> None:
        """Note the sign of a piece's values, and whether its channels are the image's."""
        read = [self.pieces[place] for place in piece.inputs]
        piece.nonnegative = (
            piece.op in _ALWAYS_NONNEGATIVE
            or (piece.op == "clipped_relu" and _at_least(piece.attributes["minimum"], 0))
            or (piece.op in _KEEPING_SIGN and all(source.nonnegative for source in read))
            or (piece.op == "pad" and read[0].nonnegative and piece.attributes["value"] >= 0)
        )
        piece.channels_of_image = piece.op in _KEEPING_CHANNELS and read[0].channels_of_image
        if piece.channels_of_image:
            piece.tensors = {
                role: replace(form, image_axis=len(form.shape) - 1)
                if form.shape and form.shape[-1] == _COLOURS
                else form
                for role, form in piece.tensors.items()
            }


def _at_least(value: float | None, least: float) -> bool:
    return value is not None and value >= least


def _from_last(axis: int, rank: int) -> int:
    return axis - rank if axis >= 0 else axis


def total(shape: Iterable[int]) -> int:
    """The number of values of a shape."""
    return math.prod(shape)


def defaults(op: str) -> dict[str, Any]:
    """The attributes of an operation that has none of its own."""
    return {name: value for name, value in OPS[op].defaults.items() if value is not REQUIRED}
