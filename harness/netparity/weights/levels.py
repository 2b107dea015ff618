"""How large the activations of a network with synthetic weights are, without computing any.

A kernel of random numbers whose mean is 0 makes sums whose mean square depends on that of its
inputs alone (He et al., 2015, arXiv:1502.01852, section 2.2), and most other operations have a
simple rule too. What a maximum adds is left out: a factor of a few does not matter here, but one in
each of fifty blocks would.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from netparity.networks import Input, Network, Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import attribute_of

IMAGE = 64.0
"""Root mean square of an image with values of 0 to 255 whose mean is subtracted."""
AROUND_ONE = (0.5, 1.5)
"""Scales lie between these numbers, and variances in units of the mean square, evenly."""
SHIFT = 0.3
"""Standard deviation of biases and means, in units of the root mean square."""
SLOPE = (0.05, 0.45)
"""Slopes of a parametric ReLU lie between these numbers, evenly."""

_SCALE_SQUARED = 1 + (AROUND_ONE[1] - AROUND_ONE[0]) ** 2 / 12
_ONE_BY_VARIANCE = math.log(AROUND_ONE[1] / AROUND_ONE[0]) / (AROUND_ONE[1] - AROUND_ONE[0])
_SLOPE_SQUARED = sum(SLOPE) ** 2 / 4 + (SLOPE[1] - SLOPE[0]) ** 2 / 12

NORMALISATIONS: Mapping[str, float] = {
    "batch_norm": _SCALE_SQUARED * _ONE_BY_VARIANCE * (1 + SHIFT**2) + SHIFT**2,
    "layer_norm": _SCALE_SQUARED + SHIFT**2,
}
"""The mean square of their outputs, whatever their input's is."""


class Level(NamedTuple):
    """What is expected of one output.

    Attributes:
        square: the mean of the squares.
        positive: that of the part which is never negative, as what a ReLU has let through.
    """

    square: float
    positive: float = 0.0


def of_input(entry: Input) -> Level:
    """What is expected of an input: an unscaled image unless something else is known."""
    if len(entry.shape) != 3:
        return Level(1.0)
    if entry.preprocessing is None:
        return Level(IMAGE**2)
    deviation = entry.preprocessing.deviation
    return Level((IMAGE * entry.preprocessing.scale * len(deviation) / sum(deviation)) ** 2)


def of_output(network: Network, node: Node, given: Sequence[Level], size: float = 1.0) -> Level:
    """What is expected of the output of a node without a kernel.

    Args:
        given: of its inputs.
        size: root mean square to which a normalisation brings its input.
    """
    if node.op in NORMALISATIONS:
        return Level(size**2 * NORMALISATIONS[node.op])
    if node.op == "concat":
        sizes = [math.prod(network.shapes[name]) for name in node.inputs]
        return Level(*(_weighted(values, sizes) for values in zip(*given, strict=True)))
    if node.op in ("softmax", "l2_norm"):
        square = 1 / network.shapes[node.name][-1]
        return Level(square, square if node.op == "softmax" else 0.0)
    rule = _RULES.get(node.op)
    return given[0] if rule is None else rule(node, given)


def _weighted(values: Sequence[float], weights: Sequence[int]) -> float:
    return sum(map(math.prod, zip(values, weights, strict=True))) / sum(weights)


def _rectified(node: Node, given: Sequence[Level]) -> Level:
    """Half of what is symmetric, and all of what is never negative.

    With x = a + b, a >= 0 and b symmetric, the mean of max(x, 0)^2 is half that of x^2 + x |x|. The
    latter lies between a^2, if a is small, and (a + b)^2, if it is large.
    """
    square, positive = given[0]
    rest = square - positive
    passed = (square + positive + rest * positive / square) / 2
    return Level(passed, passed)


def _clipped(node: Node, given: Sequence[Level]) -> Level:
    passed, _ = _rectified(node, given)
    highest = _attribute(node, "maximum")
    if highest is not None:
        passed = min(passed, max(float(highest) ** 2 / 2, 2.0**-20))
    return Level(passed, passed)


def _leaky(node: Node, given: Sequence[Level]) -> Level:
    return _with_slope(node, given, _attribute(node, "slope") ** 2)


def _parametric(node: Node, given: Sequence[Level]) -> Level:
    return _with_slope(node, given, _SLOPE_SQUARED)


def _with_slope(node: Node, given: Sequence[Level], slope_squared: float) -> Level:
    passed, _ = _rectified(node, given)
    return Level(passed + slope_squared * (given[0].square - passed), passed)


def _sigmoid(node: Node, given: Sequence[Level]) -> Level:
    square = 0.25 + 0.25 * given[0].square / (4 + given[0].square)
    return Level(square, square)


def _tanh(node: Node, given: Sequence[Level]) -> Level:
    share = 1 / (1 + given[0].square)
    return Level(given[0].square * share, given[0].positive * share)


def _scale_shift(node: Node, given: Sequence[Level]) -> Level:
    scale = _SCALE_SQUARED if "scale" in node.tensors else 1.0
    shift = SHIFT**2 if "bias" in node.tensors else 0.0
    return Level(given[0].square * (scale + shift), given[0].positive * scale)


def _lrn(node: Node, given: Sequence[Level]) -> Level:
    size, alpha, beta, kappa = (_attribute(node, n) for n in ("size", "alpha", "beta", "kappa"))
    divisor = float(kappa + alpha * size * given[0].square) ** (2 * beta)
    return Level(given[0].square / divisor, given[0].positive / divisor)


def _sum(node: Node, given: Sequence[Level]) -> Level:
    return Level(sum(entry.square for entry in given), sum(entry.positive for entry in given))


def _difference(node: Node, given: Sequence[Level]) -> Level:
    return Level(sum(entry.square for entry in given))


def _product(node: Node, given: Sequence[Level]) -> Level:
    square = math.prod(entry.square for entry in given)
    return Level(square, math.prod(entry.positive for entry in given))


def _attribute(node: Node, name: str) -> Any:
    return attribute_of(OPS[node.op], node, name)


_RULES: Mapping[str, Callable[[Node, Sequence[Level]], Level]] = {
    **dict.fromkeys(("relu", "elu", "selu", "gelu", "swish", "hard_swish"), _rectified),
    **dict.fromkeys(("sigmoid", "hard_sigmoid"), _sigmoid),
    "clipped_relu": _clipped,
    "leaky_relu": _leaky,
    "prelu": _parametric,
    "tanh": _tanh,
    "scale_shift": _scale_shift,
    "lrn": _lrn,
    "add": _sum,
    "subtract": _difference,
    "multiply": _product,
}
"""By operation; for those that are absent, what is expected of their first input."""
