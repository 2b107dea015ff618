"""Padding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import (
    check_choice,
    check_number,
    check_pairs,
    check_pairs_fit,
    product,
)
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

MODES = {"constant": "a constant", "reflect": "reflection", "edge": "the values at the edge"}


def _other_side(step: Step) -> Step:
    return step.with_attributes(pads=tuple((after, before) for before, after in step["pads"]))


def _is_uneven(node: Node, known: Known) -> bool:
    """The edge of an axis of size 1 is the same on both sides."""
    least = 1 if node.attributes.get("mode") == "edge" else 0
    return any(
        before != after and size > least
        for size, (before, after) in zip(known.inputs[0], node.attributes["pads"], strict=True)
    )


def _in_mode(mode: str) -> Callable[[Node, Known], bool]:
    def fits(node: Node, known: Known) -> bool:
        pads, right = node.attributes["pads"], node.attributes.get("mode", "constant")
        if right == mode == "constant" and node.attributes.get("value", 0.0) != 0:
            return any(map(any, pads))
        possible = mode != "reflect" or not _problem_of_reflection(pads, known.inputs[0])
        return right != mode and possible and any(map(any, pads))

    return fits


class Pad(Op):
    """`pad`: `pads` values before and after each axis of one image.

    Mode `constant` fills in `value`, `reflect` mirrors without repeating the edge, `edge` repeats
    the edge.
    """

    key = "pad"
    title = "padding"
    defaults: ClassVar = {"pads": REQUIRED, "mode": "constant", "value": 0.0}
    mistakes = (
        Mistake(
            "padding-other-side",
            "the uneven padding is on the other side",
            _other_side,
            _is_uneven,
            frozenset({"padding"}),
        ),
        *(
            Mistake(
                f"pad-{mode}",
                f"the padding is filled with {'zeros' if mode == 'constant' else words}",
                lambda step, mode=mode: step.with_attributes(mode=mode, value=0.0),  # type: ignore[misc]
                _in_mode(mode),
                frozenset({"mode"}),
            )
            for mode, words in MODES.items()
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse pads, a mode or a value that make no sense."""
        check_pairs(self, node, "pads")
        check_choice(self, node, "mode", tuple(MODES))
        check_number(self, node, "value")

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's sizes and the pads."""
        pads = attribute_of(self, node, "pads")
        check_pairs_fit(node, "pads", pads, inputs[0])
        if attribute_of(self, node, "mode") == "reflect":
            problem = _problem_of_reflection(pads, inputs[0])
            if problem:
                raise wrong(node, problem)
        return tuple(
            before + size + after for size, (before, after) in zip(inputs[0], pads, strict=True)
        )

    def compute(self, step: Step) -> Array:
        """By NumPy's pad."""
        margins: Any = ((0, 0), *step["pads"])
        mode = step["mode"]
        if mode == "constant":
            return np.pad(step.inputs[0], margins, constant_values=float(step["value"]))
        return np.pad(step.inputs[0], margins, mode=mode)


def _problem_of_reflection(pads: Sequence[tuple[int, int]], shape: Shape) -> str | None:
    if any(max(pair) >= size for size, pair in zip(shape, pads, strict=True)):
        return f"has pads {tuple(pads)}, too large to reflect an input {product(shape)}"
    return None
