"""Batch normalisation with stored statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from netparity.networks.node import Node, Shape
from netparity.networks.ops.attributes import check_number, product
from netparity.networks.ops.base import (
    REQUIRED,
    Array,
    Elementwise,
    Known,
    Mistake,
    Step,
    wrong,
)
from netparity.networks.ops.shared_mistakes import (
    ALONE,
    BIAS_MISSING,
    SCALE_MISSING,
    missing,
    other_epsilon,
)

_STATISTICS = frozenset({"mean", "variance", "epsilon"})


def _deviation_for_variance(step: Step) -> Step:
    """The root of variance plus epsilon, which MatConvNet stores, read as the variance."""
    variance = step.tensors["variance"].astype(np.float64)
    deviation = np.sqrt(variance + float(step["epsilon"]))
    return step.with_tensor("variance", deviation.astype(np.float32))


def _variance_for_deviation(step: Step) -> Step:
    """Divided by the variance; its square as a variance, so that the root leaves it."""
    variance = step.tensors["variance"].astype(np.float64)
    return replace(
        step.with_attributes(epsilon=0.0),
        tensors={**step.tensors, "variance": variance * variance},  # type: ignore[dict-item]
    )


def _own_statistics(step: Step) -> Step:
    """Mean and variance of this input, as in training."""
    x = step.inputs[0].astype(np.float64)
    axes = tuple(range(x.ndim - 1))
    return step.with_tensor("mean", x.mean(axis=axes).astype(np.float32)).with_tensor(
        "variance", x.var(axis=axes).astype(np.float32)
    )


def _has_places(node: Node, known: Known) -> bool:
    return len(known.output) > 1 and max(known.output[:-1]) > 1


def _twice(step: Step) -> Step:
    return step.finished_by(
        lambda values: BatchNorm().compute(replace(step, inputs=(values,), scratch=False))
    )


class BatchNorm(Elementwise):
    """`batch_norm`: (x - mean) / sqrt(variance + epsilon) * scale + bias for each channel.

    The second tensor is the variance, never a standard deviation.
    """

    key = "batch_norm"
    title = "batch normalisation"
    defaults: ClassVar = {"epsilon": REQUIRED}
    roles = ("mean", "variance")
    optional_roles = ("scale", "bias")
    parametric = True
    mistakes = (
        *(other_epsilon(value) for value in ("1e-3", "1e-5", "1e-4", "0.1", "0.9", "0.99")),
        Mistake(
            "variance-for-deviation",
            "the variance is taken for the standard deviation",
            _variance_for_deviation,
            touches=_STATISTICS,
        ),
        Mistake(
            "deviation-for-variance",
            "the standard deviation is taken for the variance",
            _deviation_for_variance,
            touches=_STATISTICS,
        ),
        Mistake(
            "batch-statistics",
            "the input's own mean and variance are used instead of the stored ones, as in training",
            _own_statistics,
            _has_places,
            _STATISTICS,
        ),
        missing("batch-norm", "batch normalisation", touches=ALONE),
        Mistake(
            "batch-norm-twice",
            "the batch normalisation is applied twice (folded into the weights and still there)",
            _twice,
            touches=ALONE,
        ),
        SCALE_MISSING,
        BIAS_MISSING,
    )

    def check_attributes(self, node: Node) -> None:
        """Refuse an epsilon that is negative or not a number."""
        check_number(self, node, "epsilon", 0)

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        for role, shape in tensors.items():
            if tuple(shape) != tuple(inputs[0][-1:]):
                raise wrong(
                    node,
                    f"has a {role} {product(shape)}, expected a number for each of the "
                    f"{inputs[0][-1] if inputs[0] else 0} channels of its input",
                )
        return tuple(inputs[0])

    def compute(self, step: Step) -> Array:
        """In one of the forms in which tools compute it, so that the noise floor knows them.

        `stored` subtracts the mean first; `shuffled` folds everything into one factor and one
        summand; `shuffled-again` divides before it scales.
        """
        x, how = step.inputs[0], step.how
        mean, factor, scale, bias = _numbers(step, x)
        if how.channel_order == "shuffled":
            whole = factor * scale
            return x * whole + (bias - mean * whole)
        if how.channel_order == "shuffled-again":
            return (x - mean) * factor * scale + bias
        centred = np.subtract(x, mean, out=x if step.scratch else None)
        centred *= factor * scale
        centred += bias
        return centred

    def magnitude(self, step: Step) -> tuple[int, Array]:
        """|x f| + |mean f| + |bias|, where every term is rounded up to 8 times."""
        mean, factor, scale, bias = _numbers(step, step.inputs[0])
        whole = abs(factor * scale)
        return 10, abs(step.inputs[0]) * whole + (abs(mean) * whole + abs(bias))


def _numbers(step: Step, x: Array) -> tuple[Array, Array, Array, Array]:
    """Mean, 1 / sqrt(variance + epsilon), scale and bias, C each, of the input's type."""
    tensors = {name: tensor.astype(x.dtype, copy=False) for name, tensor in step.tensors.items()}
    mean, variance = tensors["mean"], tensors["variance"]
    with np.errstate(divide="ignore", invalid="ignore"):  # a negative variance is the file's own
        factor = np.asarray(1 / np.sqrt(variance + float(step["epsilon"])), x.dtype)
    scale = tensors.get("scale", np.ones_like(mean))
    return mean, factor, scale, tensors.get("bias", np.zeros_like(mean))
