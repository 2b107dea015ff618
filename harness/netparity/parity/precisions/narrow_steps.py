"""Nodes that store more, or less, on the way than the simulation of their format does.

`torch.compile` and XLA compute an addition or a normalisation from results that are still in
registers, while the feature that they export of the node before it has been rounded: given the
exported values, such a node is off by their rounding as well as by its own. Other tools round
every partial sum of a pool, a depthwise convolution or a response normalisation. The direction of
such errors is not known; their bounds, their size and their structure are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netparity.networks.ops.base import OPS, Array, Elementwise, Step, run_step
from netparity.networks.rounding import SIGNIFICANT_BITS, Precision, rounded, stored_as
from netparity.parity.precisions.legs import compare_errors

_SIZES = (0.4, 1.4)
"""Band of the ratio of an error's norm to that of inputs that are off by up to half a unit."""

_ACCUMULATING = frozenset({"average_pool", "global_average", "mean", "lrn"})
"""Operations whose partial sums tools round; each of n sums adds an independent error."""

_SLACK = 1.05
"""Allowance for sums in float32, relative to the bound."""


def is_narrow_step(values: Array, right: Array, step: Step) -> bool:
    """Whether a node is off by no more than roundings of its inputs and results, and like those.

    Every value must lie within half a unit in the last place of each input and of each result on
    the way, and the error must have the size and the structure of such roundings.

    Args:
        values: the runner's, of the node's shape.
        right: the correct ones, given the runner's inputs.
        step: the node with the runner's inputs, in float32.
    """
    grid = stored_as(values)
    if grid is None or ("kernel" in step.tensors and not _is_depthwise(step)):
        return False
    if any(not _lies_on(given, grid) for given in step.inputs):
        return False
    found = _magnitude(step)
    if found is None:
        return False
    rounds, magnitude = found
    unit = 2.0 ** -SIGNIFICANT_BITS[grid]
    error = np.asarray(values, np.float64) - right
    if not (np.abs(error) <= _SLACK * unit * (rounds * magnitude + np.abs(right))).all():
        return False
    likeness = compare_errors(error, _simulated(step, grid) - right, right)
    return (
        likeness is not None
        and likeness.same_shape
        and _SIZES[0] <= likeness.ratio <= _SIZES[1] * (1 + likeness.chance) * rounds**0.5
    )


def _lies_on(values: Array, grid: Precision) -> bool:
    return bool(np.array_equal(rounded(np.asarray(values, np.float32), grid), values))


def _is_depthwise(step: Step) -> bool:
    return step.node.op == "conv" and step["groups"] == step.inputs[0].shape[-1] > 1


def _magnitude(step: Step) -> tuple[int, Array] | None:
    """How many sums are rounded, and the sum of the magnitudes of their terms.

    Returns:
        None if it is not known what a change of an input can change.
    """
    op = OPS[step.node.op]
    if (found := op.magnitude(step)) is not None:
        accumulating = step.node.op in _ACCUMULATING or _is_depthwise(step)
        return (found[0] if accumulating else 1), found[1]
    if op.contracting and isinstance(op, Elementwise):
        return 1, np.abs(step.inputs[0])
    return None


def _simulated(step: Step, grid: Precision) -> Array:
    """The node computed from inputs that are disturbed by up to half a unit, and stored."""
    rng = np.random.default_rng(0)
    inputs: Sequence[Array] = [_disturbed(given, grid, rng) for given in step.inputs]
    changed = Step(step.node, tuple(inputs), step.tensors)
    return np.asarray(rounded(run_step(changed), grid), dtype=np.float64)


def _disturbed(values: Array, grid: Precision, rng: np.random.Generator) -> Array:
    _, exponent = np.frexp(values)
    half = np.ldexp(np.float32(0.5), exponent - SIGNIFICANT_BITS[grid])
    return np.asarray(values + half * rng.uniform(-1, 1, values.shape), dtype=np.float32)
