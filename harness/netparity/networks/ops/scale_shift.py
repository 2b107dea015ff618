"""Multiplication by and addition of stored numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import check_broadcasts
from netparity.networks.ops.base import Array, Elementwise, Known, Mistake, Step
from netparity.networks.ops.shared_mistakes import ALONE, BIAS_MISSING, SCALE_MISSING, missing


def _has_both(node: Node, known: Known) -> bool:
    return {"scale", "bias"} <= set(known.tensors)


def _bias_first(step: Step) -> Step:
    """(x + bias) * scale."""
    return step.with_tensor("bias", step.tensors["bias"] * step.tensors["scale"])


class ScaleShift(Elementwise):
    """`scale_shift`: x * scale + bias; both are optional tensors, broadcast to one image."""

    key = "scale_shift"
    title = "scale and shift"
    optional_roles = ("scale", "bias")
    parametric = True
    mistakes = (
        SCALE_MISSING,
        BIAS_MISSING,
        missing("scale-shift", "scale and shift", _has_both, ALONE),
        Mistake(
            "bias-before-scale",
            "the bias is added before the multiplication by the scale",
            _bias_first,
            _has_both,
            frozenset({"scale", "bias"}),
        ),
    )

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        for role, shape in tensors.items():
            check_broadcasts(node, role, shape, inputs[0])
        return tuple(inputs[0])

    def compute(self, step: Step) -> Array:
        """In place where the input is of no further use."""
        x = step.inputs[0] if step.scratch else step.inputs[0].copy()
        for role in ("scale", "bias"):
            tensor: npt.NDArray[Any] | None = step.tensors.get(role)
            if tensor is not None and role == "scale":
                x *= tensor.astype(x.dtype, copy=False)
            elif tensor is not None:
                x += tensor.astype(x.dtype, copy=False)
        return x

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|x| |scale| + |bias|."""
        total = abs(step.inputs[0])
        if "scale" in step.tensors:
            total *= abs(step.tensors["scale"])
        if "bias" in step.tensors:
            total += abs(step.tensors["bias"])
        return 2, total
