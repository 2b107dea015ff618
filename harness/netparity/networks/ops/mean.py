"""Mean over axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import axes_in, check_axes, check_flag
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


def _array_axes(step: Step) -> tuple[int, ...]:
    shape = step.inputs[0].shape[1:]
    return tuple(1 + axis for axis in axes_in(Mean(), step.node, "axes", shape))


def _sum(step: Step) -> Step:
    count = math.prod(step.inputs[0].shape[axis] for axis in _array_axes(step))
    return step.finished_by(lambda values: values * count)


def _takes_several(node: Node, known: Known) -> bool:
    axes = axes_in(Mean(), node, "axes", known.inputs[0])
    return math.prod(known.inputs[0][axis] for axis in axes) > 1


class Mean(Op):
    """`mean`: the mean over `axes` of one image, which stay with size 1 if `keep_dims`."""

    key = "mean"
    title = "mean"
    defaults: ClassVar = {"axes": REQUIRED, "keep_dims": False}
    contracting = True
    mistakes = (
        Mistake(
            "mean-as-sum",
            "the sum is taken instead of the mean",
            _sum,
            _takes_several,
            frozenset({"pooling"}),
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse what are no axes."""
        check_axes(self, node, "axes")
        check_flag(self, node, "keep_dims")

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's shape without the axes."""
        shape = inputs[0]
        axes = axes_in(self, node, "axes", shape)
        if attribute_of(self, node, "keep_dims"):
            return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
        if len(axes) == len(shape):
            raise wrong(node, "takes the mean over every axis; expected keep_dims True")
        return tuple(size for axis, size in enumerate(shape) if axis not in axes)

    def compute(self, step: Step) -> Array:
        """The sum divided by the number of values."""
        x, axes = step.inputs[0], _array_axes(step)
        total = sums.total_over(x, axes, step.how)
        total /= math.prod(x.shape[axis] for axis in axes)
        return total if step["keep_dims"] else np.asarray(total.squeeze(axes))

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """The mean of the magnitudes."""
        x, axes = step.inputs[0], _array_axes(step)
        count = math.prod(x.shape[axis] for axis in axes)
        return count + 1, np.asarray(abs(x).mean(axis=axes, keepdims=step["keep_dims"]))
