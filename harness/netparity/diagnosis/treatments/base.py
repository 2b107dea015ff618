"""What people do to a feature after a network has computed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netparity.networks.ops.base import Array

Apply = Callable[[Array], Array]
"""From the computed feature (N x its shape) to what was exported, in the same precision."""


@dataclass(frozen=True, eq=False)
class Treatment:
    """One thing that was done to a feature.

    Attributes:
        mistake: its key, for `titles.py` and `advice`.
        apply: does it to a computed feature.
        evident: whether the exported values alone show it, such as a norm of exactly 1. Every other
            mistake is then looked for beside it.
    """

    mistake: str
    apply: Apply
    evident: bool = False


def per_image(x: Array) -> Array:
    """N x everything else."""
    return x.reshape(len(x), -1)


def shaped(factors: Array, x: Array) -> Array:
    """One factor for each image, in the shape that multiplies N x its shape."""
    return factors.reshape(len(x), *[1] * (x.ndim - 1)).astype(x.dtype)
