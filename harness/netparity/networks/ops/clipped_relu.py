"""Clipped ReLU, and any other clip."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.attributes import check_number, unexpected
from netparity.networks.ops.base import Array, Elementwise, Known, Mistake, Step, attribute_of
from netparity.networks.ops.shared_mistakes import ACTIVATION, missing


def _is_relu6_like(node: Node, known: Known) -> bool:
    attributes = {**ClippedRelu.defaults, **node.attributes}
    return attributes["minimum"] == 0 and attributes["maximum"] is not None


def _has_bound(node: Node, known: Known) -> bool:
    return any({**ClippedRelu.defaults, **node.attributes}[key] is not None for key in _BOUNDS)


_BOUNDS = ("minimum", "maximum")


class ClippedRelu(Elementwise):
    """`clipped_relu`: min(max(x, `minimum`), `maximum`); ReLU6 by default, None for no limit."""

    key = "clipped_relu"
    title = "clipped ReLU"
    defaults: ClassVar = {"minimum": 0.0, "maximum": 6.0}
    contracting = True
    mistakes = (
        Mistake(
            "relu-for-clipped-relu",
            "it is a ReLU without an upper limit",
            lambda step: step.with_op("relu"),
            _is_relu6_like,
            ACTIVATION,
        ),
        missing("clipped-relu", "clipped ReLU", _has_bound),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse limits that are not numbers, or the lower above the upper."""
        limits = [attribute_of(self, node, name) for name in _BOUNDS]
        for name, limit in zip(_BOUNDS, limits, strict=True):
            if limit is not None:
                check_number(self, node, name)
        if None not in limits and limits[0] > limits[1]:
            raise unexpected(node, "minimum", limits[0], f"at most its maximum {limits[1]}")

    def compute(self, step: Step) -> Array:
        """In place where the input is of no further use; NaN stays NaN."""
        x = step.inputs[0]
        result = x if step.scratch else x.copy()
        if step["minimum"] is not None:
            np.maximum(result, float(step["minimum"]), out=result)
        if step["maximum"] is not None:
            np.minimum(result, float(step["maximum"]), out=result)
        return result
