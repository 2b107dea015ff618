"""Layer normalisation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops import sums
from netparity.networks.ops.attributes import axes_in, check_axes, check_broadcasts, check_number
from netparity.networks.ops.base import REQUIRED, Array, Elementwise, Known, Mistake, Step
from netparity.networks.ops.shared_mistakes import (
    ALONE,
    BIAS_MISSING,
    SCALE_MISSING,
    also,
    missing,
    other_epsilon,
)


def _count(shape: Sequence[int], axes: Sequence[int]) -> int:
    return math.prod(shape[axis] for axis in axes)


def _unbiased(step: Step) -> Step:
    """The squares divided by one less than their number: by a smaller epsilon and scale."""
    axes = _axes(step.node, step.inputs[0].shape[1:])
    count = _count(step.inputs[0].shape[1:], axes)
    shrink = math.sqrt((count - 1) / count)
    changed = step.with_attributes(epsilon=float(step["epsilon"]) * (count - 1) / count)
    scale = step.tensors.get("scale")
    ones = np.ones([step.inputs[0].shape[1 + axis] for axis in axes], np.float32)
    return changed.with_tensor("scale", (ones if scale is None else scale) * np.float32(shrink))


def _has_several(node: Node, known: Known) -> bool:
    return _count(known.inputs[0], _axes(node, known.inputs[0])) > 1


class LayerNorm(Elementwise):
    """`layer_norm`: (x - mean) / sqrt(variance + epsilon) * scale + bias.

    Mean and variance are those of each image over `axes`; the variance divides by the number of
    values. Scale and bias are broadcast to the sizes of these axes.
    """

    key = "layer_norm"
    title = "layer normalisation"
    defaults: ClassVar = {"axes": (-1,), "epsilon": REQUIRED}
    optional_roles = ("scale", "bias")
    parametric = True
    mistakes = (
        *(also(other_epsilon(value), _has_several) for value in ("1e-3", "1e-5", "1e-6")),
        also(SCALE_MISSING, _has_several),
        BIAS_MISSING,
        missing("layer-norm", "layer normalisation", touches=ALONE),
        Mistake(
            "variance-unbiased",
            "the variance divides by one less than the number of values",
            _unbiased,
            _has_several,
            frozenset({"scale", "epsilon"}),
        ),
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse axes or an epsilon that make no sense."""
        check_axes(self, node, "axes")
        check_number(self, node, "epsilon", 0)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        sizes = tuple(inputs[0][axis] for axis in _axes(node, inputs[0]))
        for role, shape in tensors.items():
            check_broadcasts(node, role, shape, sizes)
        return tuple(inputs[0])

    def compute(self, step: Step) -> Array:
        """The variance from the differences to the mean; at the end in one of two forms.

        `shuffled` folds mean, scale and bias into one factor and one summand, as some tools do.
        """
        x, axes = step.inputs[0], _axes(step.node, step.inputs[0].shape[1:])
        count = _count(x.shape[1:], axes)
        array_axes = tuple(1 + axis for axis in axes)
        mean = sums.total_over(x, array_axes, step.how) / count
        centred = x - mean
        variance = sums.total_over(np.square(centred), array_axes, step.how) / count
        with np.errstate(divide="ignore", invalid="ignore"):  # epsilon may be 0
            factor = 1 / np.sqrt(variance + float(step["epsilon"]))
            scale, bias = _spread(step, "scale", axes), _spread(step, "bias", axes)
            if scale is not None:
                factor = factor * scale
            if step.how.channel_order == "shuffled":
                offset = -(mean * factor) if bias is None else bias - mean * factor
                return np.asarray(x * factor + offset)
            centred = centred * factor
        return np.asarray(centred if bias is None else centred + bias)

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """(|x| + mean |x|) f, widened by what an error of the variance does, and |bias|.

        An error e of the centred values' scale changes the variance by at most 2 e times their
        deviation, and the result by as much as its own size.
        """
        x, axes = step.inputs[0], _axes(step.node, step.inputs[0].shape[1:])
        array_axes = tuple(1 + axis for axis in axes)
        count = _count(x.shape[1:], axes)
        sizes = abs(x) + abs(x).mean(axis=array_axes, keepdims=True)
        variance = x.var(axis=array_axes, keepdims=True)
        factor = 1 / np.sqrt(variance + float(step["epsilon"]))
        normal = abs(x - x.mean(axis=array_axes, keepdims=True)) * factor
        widest = np.sqrt(np.square(sizes).mean(axis=array_axes, keepdims=True)) * factor
        total = sizes * factor + normal * (1 + 2 * widest)
        scale, bias = _spread(step, "scale", axes), _spread(step, "bias", axes)
        if scale is not None:
            total = total * abs(scale)
        return count + 10, np.asarray(total if bias is None else total + abs(bias))


def _axes(node: Node, shape: Sequence[int]) -> tuple[int, ...]:
    return axes_in(LayerNorm(), node, "axes", tuple(shape))


def _spread(step: Step, role: str, axes: Sequence[int]) -> Array | None:
    """A tensor with as many axes as the array, so that it is broadcast to the normalised ones."""
    tensor = step.tensors.get(role)
    if tensor is None:
        return None
    x = step.inputs[0]
    shape = [1] * x.ndim
    for axis, size in zip(reversed(axes), reversed(tensor.shape), strict=False):
        shape[1 + axis] = size
    return tensor.astype(x.dtype, copy=False).reshape(shape)
