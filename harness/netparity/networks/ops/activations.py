"""What activations share: a function of each value on its own, and the mistakes with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.base import Array, Known, Mistake, Step
from netparity.networks.ops.shared_mistakes import ACTIVATION


def other_activation(key: str, title: str, op: str, **attributes: Any) -> Mistake:
    """Another activation in its place."""
    return Mistake(key, title, lambda step: step.with_op(op, **attributes), touches=ACTIVATION)


def other_attribute(
    key: str, title: str, attribute: str, value: float, default: float | None = None
) -> Mistake:
    """Another value of an attribute, where the right one differs by more than 1 %.

    Args:
        default: the operation's, if it has one.
    """

    def fits(node: Node, known: Known) -> bool:
        right = node.attributes.get(attribute, default)
        return right is not None and abs(right - value) > 0.01 * max(abs(right), abs(value))

    return Mistake(
        key,
        title,
        lambda step: step.with_attributes(**{attribute: value}),
        fits,
        ACTIVATION,
    )


def rectified(x: Array, step: Step, negative: Callable[[Array], Array]) -> Array:
    """Give x where it is positive, a function of it elsewhere; NaN stays NaN.

    Args:
        negative: given min(x, 0), so that nothing overflows, and 0 at 0.
    """
    below = negative(np.minimum(x, 0))
    return np.add(np.maximum(x, 0, out=x if step.scratch else None), below, out=below)


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x)) without overflow."""
    small = np.exp(-abs(x))
    return np.asarray(np.where(x >= 0, 1, small) / (1 + small))
