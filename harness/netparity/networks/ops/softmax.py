"""Softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import axis_in
from netparity.networks.ops.base import Array, Elementwise, Known, Mistake, Step
from netparity.networks.ops.shared_mistakes import missing


def _relu_first(step: Step) -> Step:
    return Step(
        step.node,
        tuple(np.maximum(x, 0) for x in step.inputs),
        step.tensors,
        step.how,
        after=step.after,
    )


def _has_several(node: Node, known: Known) -> bool:
    return bool(known.inputs[0][node.attributes.get("axis", -1)] > 1)


class Softmax(Elementwise):
    """`softmax`: exp(x) / sum of exp(x) over `axis` (-1, the channels, by default)."""

    key = "softmax"
    title = "softmax"
    defaults: ClassVar = {"axis": -1}
    mistakes = (
        missing("softmax", "softmax"),
        Mistake(
            "relu-added",
            "there is a ReLU before the softmax",
            _relu_first,
            _has_several,
            touches=frozenset({"before"}),
        ),
    )

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        axis_in(self, node, "axis", len(inputs[0]))
        return tuple(inputs[0])

    def compute(self, step: Step) -> Array:
        """Shifted by the maximum, so that nothing overflows."""
        x, axis = step.inputs[0], step["axis"]
        axis = axis if axis < 0 else axis + 1
        exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
        total = sums.total_over(exponentials, (axis % x.ndim,), step.how)
        return np.asarray(exponentials / total)
