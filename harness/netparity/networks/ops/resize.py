"""Resizing of maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import (
    check_channels,
    check_choice,
    check_wholes,
)
from netparity.networks.ops.base import (
    REQUIRED,
    Array,
    Known,
    Mistake,
    Op,
    Step,
    attribute_of,
)
from netparity.networks.ops.resize_places import COORDINATES, ROUNDINGS, nearest, neighbours

MOST_RESIZED = 2**16

METHODS = ("nearest", "bilinear")


def _reads(node: Node, known: Known) -> tuple[object, ...]:
    """From where a node reads each row and column, to tell which conventions are the same."""
    op = Resize()
    found: list[object] = []
    for size, target in zip(known.inputs[0][:2], attribute_of(op, node, "size"), strict=True):
        coordinates = attribute_of(op, node, "coordinates")
        if attribute_of(op, node, "method") == "nearest":
            places = nearest(size, target, coordinates, attribute_of(op, node, "rounding"))
            found.append((tuple(places), tuple(places), (0.0,) * target))
        else:
            before, after, share = neighbours(size, target, coordinates)
            after = np.where(share == 0, before, after)
            found.append((tuple(before), tuple(after), tuple(share)))
    return tuple(found)


def _changed(key: str, title: str, candidates: Sequence[Mapping[str, str]], at: int) -> Mistake:
    """Another convention, where it reads from other places than the right one and those before."""
    from dataclasses import replace

    changes = candidates[at]

    def fits(node: Node, known: Known) -> bool:
        def other(attributes: Mapping[str, str]) -> object:
            changed = replace(node, attributes={**node.attributes, **attributes})
            return _reads(changed, known)

        if "rounding" in changes and node.attributes.get("method", "nearest") != "nearest":
            return False
        mine = other(changes)
        earlier = (other(attributes) for attributes in candidates[:at])
        return mine != _reads(node, known) and all(mine != reads for reads in earlier)

    return Mistake(
        key, title, lambda step: step.with_attributes(**changes), fits, frozenset({"resize"})
    )


def _mistakes() -> tuple[Mistake, ...]:
    entries = [
        *(
            ({"coordinates": value}, f"the coordinates are those of {value}")
            for value in COORDINATES
        ),
        *(({"method": value}, f"the method is {value}") for value in METHODS),
        *(({"rounding": value}, f"the rounding is {value}") for value in ROUNDINGS),
    ]
    changes = [attributes for attributes, _ in entries]
    return tuple(
        _changed(
            f"resized-{next(iter(attributes.values())).replace('_', '-')}", title, changes, place
        )
        for place, (attributes, title) in enumerate(entries)
    )


class Resize(Op):
    """`resize`: a map in another height and width.

    `method` is `nearest`, with a `rounding`, or `bilinear`. `coordinates` says which place of the
    input the place i of the output is, n and m being the sizes of input and output: `half_pixel` is
    (i + 1/2) n / m - 1/2, `pytorch_half_pixel` the same but 0 where m is 1, `asymmetric` i n / m,
    `align_corners` i (n - 1) / (m - 1). What lies outside the input is the value at its edge.
    """

    key = "resize"
    title = "resizing"
    defaults: ClassVar = {
        "size": REQUIRED,
        "method": "nearest",
        "coordinates": "half_pixel",
        "rounding": "round_prefer_floor",
    }
    mistakes = _mistakes()

    def check_attributes(self, node: Node) -> None:
        """Refuse a size or words that are not known."""
        check_wholes(self, node, "size", 2, 1, MOST_RESIZED)
        check_choice(self, node, "method", METHODS)
        check_choice(self, node, "coordinates", COORDINATES)
        check_choice(self, node, "rounding", ROUNDINGS)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The size and the channels."""
        check_channels(node, inputs[0])
        return (*attribute_of(self, node, "size"), inputs[0][2])

    def compute(self, step: Step) -> Array:
        """Rows first; in other orders of summation columns first."""
        x = step.inputs[0]
        axes = (1, 2) if step.how.channel_order == "stored" else (2, 1)
        for axis in axes:
            x = _along(step, x, axis)
        return np.ascontiguousarray(x)

    def magnitude(self, step: Step) -> tuple[int, Array] | None:
        """The resized magnitudes; 4 terms, each with two weights."""
        if step["method"] == "nearest":
            return None
        plain = Step(step.node, (abs(step.inputs[0]),), step.tensors)
        return 12, self.compute(plain)


def _along(step: Step, x: Array, axis: int) -> Array:
    """One axis resized."""
    size, target = x.shape[axis], step["size"][axis - 1]
    if step["method"] == "nearest":
        places = nearest(size, target, step["coordinates"], step["rounding"])
        return np.take(x, places, axis=axis)
    before, after, share = neighbours(size, target, step["coordinates"])
    weight = share.astype(x.dtype).reshape([-1 if at == axis else 1 for at in range(x.ndim)])
    return np.take(x, before, axis=axis) * (1 - weight) + np.take(x, after, axis=axis) * weight
