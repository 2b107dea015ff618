"""L2 normalisation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import axes_in, check_axes, check_choice, check_number
from netparity.networks.ops.base import Array, Elementwise, Known, Mistake, Step
from netparity.networks.ops.shared_mistakes import ALONE, missing

COMBINATIONS = ("max", "add", "max_square")


def _all_axes(step: Step) -> Step:
    return step.with_attributes(axes=tuple(range(step.inputs[0].ndim - 1)))


def _leaves_axes(node: Node, known: Known) -> bool:
    axes = _axes(node, known.inputs[0])
    return any(size > 1 for axis, size in enumerate(known.inputs[0]) if axis not in axes)


def _with(norm: Callable[[Array, tuple[int, ...]], Array]) -> Callable[[Step], Step]:
    def make(step: Step) -> Step:
        x = step.inputs[0]
        axes = tuple(1 + axis for axis in _axes(step.node, x.shape[1:]))
        return step.with_op("identity").finished_by(
            lambda values: np.asarray(values / norm(values, axes))
        )

    return make


def _sum_of_magnitudes(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(np.maximum(abs(x).sum(axis=axes, keepdims=True), 1e-30))


def _sum_of_squares(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(np.maximum(np.square(x).sum(axis=axes, keepdims=True), 1e-30))


def _has_several(node: Node, known: Known) -> bool:
    axes = _axes(node, known.inputs[0])
    return math.prod(known.inputs[0][axis] for axis in axes) > 1


class L2Norm(Elementwise):
    """`l2_norm`: x divided by the root of the sum of its squares over `axes`.

    `epsilon` keeps the divisor from zero: with `combine` `max` it is max(|x|, epsilon), with `add`
    sqrt(|x|^2 + epsilon), with `max_square` sqrt(max(|x|^2, epsilon)).
    """

    key = "l2_norm"
    title = "L2 normalisation"
    defaults: ClassVar = {"axes": (-1,), "epsilon": 0.0, "combine": "max"}
    mistakes = (
        missing("l2-norm", "L2 normalisation", touches=ALONE),
        Mistake(
            "l2-norm-whole",
            "the L2 norm is that of the whole image",
            _all_axes,
            _leaves_axes,
            frozenset({"axes"}),
        ),
        Mistake(
            "l1-norm",
            "the sum of magnitudes is taken for the L2 norm",
            _with(_sum_of_magnitudes),
            _has_several,
            ALONE,
        ),
        Mistake(
            "l2-norm-squared",
            "the root of the sum of squares is not taken",
            _with(_sum_of_squares),
            touches=ALONE,
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse axes, an epsilon or a combination that make no sense."""
        check_axes(self, node, "axes")
        check_number(self, node, "epsilon", 0)
        check_choice(self, node, "combine", COMBINATIONS)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        _axes(node, inputs[0])
        return tuple(inputs[0])

    def compute(self, step: Step) -> Array:
        """0 / 0 is NaN, as in the tools that have no epsilon."""
        x, epsilon = step.inputs[0], float(step["epsilon"])
        axes = tuple(1 + axis for axis in _axes(step.node, x.shape[1:]))
        squares = sums.total_over(np.square(x), axes, step.how)
        if step["combine"] == "add":
            norm = np.sqrt(squares + epsilon)
        elif step["combine"] == "max_square":
            norm = np.sqrt(np.maximum(squares, epsilon))
        else:
            norm = np.maximum(np.sqrt(squares), epsilon)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(x / norm)

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|y|: the sum has positive terms only, so that its relative error is that of a term."""
        axes = _axes(step.node, step.inputs[0].shape[1:])
        count = math.prod(step.inputs[0].shape[1 + axis] for axis in axes)
        return count + 5, abs(self.compute(step))


def _axes(node: Node, shape: Sequence[int]) -> tuple[int, ...]:
    return axes_in(L2Norm(), node, "axes", tuple(shape))
