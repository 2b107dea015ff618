"""Cropping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import check_pairs, check_pairs_fit, product
from netparity.networks.ops.base import (
    REQUIRED,
    Array,
    Known,
    Mistake,
    Op,
    Step,
    attribute_of,
    wrong,
)


def _other_side(step: Step) -> Step:
    return step.with_attributes(crops=tuple((after, before) for before, after in step["crops"]))


def _is_uneven(node: Node, known: Known) -> bool:
    return any(before != after for before, after in node.attributes["crops"])


def _centred(crops: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(
        ((before + after) // 2, before + after - (before + after) // 2) for before, after in crops
    )


def _in_the_middle(step: Step) -> Step:
    return step.with_attributes(crops=_centred(step["crops"]))


def _is_elsewhere(node: Node, known: Known) -> bool:
    """Not in the middle, and the middle is not its mirror image."""
    crops = node.attributes["crops"]
    mirrored = tuple((after, before) for before, after in crops)
    return _centred(crops) not in (crops, mirrored)


class Crop(Op):
    """`crop`: `crops` values cut off before and after each axis of one image."""

    key = "crop"
    title = "cropping"
    defaults: ClassVar = {"crops": REQUIRED}
    contracting = True
    mistakes = (
        Mistake(
            "crop-other-side",
            "the uneven crop is on the other side",
            _other_side,
            _is_uneven,
            frozenset({"crop"}),
        ),
        Mistake(
            "crop-centred",
            "the crop is in the middle",
            _in_the_middle,
            _is_elsewhere,
            frozenset({"crop"}),
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse crops that make no sense."""
        check_pairs(self, node, "crops")

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """What is left of each axis."""
        crops = attribute_of(self, node, "crops")
        check_pairs_fit(node, "crops", crops, inputs[0])
        left = tuple(size - sum(pair) for size, pair in zip(inputs[0], crops, strict=True))
        if min(left) < 1:
            raise wrong(node, f"has crops {crops}, which leave nothing of {product(inputs[0])}")
        return left

    def compute(self, step: Step) -> Array:
        """A copy."""
        x = step.inputs[0]
        inside = tuple(
            slice(before, size - after)
            for size, (before, after) in zip(x.shape[1:], step["crops"], strict=True)
        )
        return x[(slice(None), *inside)].copy()
