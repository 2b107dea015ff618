"""Mistakes with the kernels and the groups of convolutions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from netparity.networks.node import Node
from netparity.networks.ops.base import Known, Mistake, Step


def _rotated(step: Step) -> Step:
    return step.with_tensor("kernel", step.tensors["kernel"][::-1, ::-1])


def _transposed(step: Step) -> Step:
    return step.with_tensor("kernel", step.tensors["kernel"].swapaxes(0, 1))


TapsUsed = Callable[[Node, Known], tuple[Sequence[int], Sequence[int]]]
"""The rows and columns of a kernel that have an effect: not those that meet padding only."""


def kernel_mistakes(used: TapsUsed) -> tuple[Mistake, ...]:
    """Kernels rotated, or with rows and columns swapped, where that has an effect."""

    def can_rotate(node: Node, known: Known) -> bool:
        height, width = known.tensors["kernel"][:2]
        rows, columns = used(node, known)
        return any((u, v) != (height - 1 - u, width - 1 - v) for u in rows for v in columns)

    def can_transpose(node: Node, known: Known) -> bool:
        height, width = known.tensors["kernel"][:2]
        rows, columns = used(node, known)
        return height == width and any(u != v for u in rows for v in columns)

    kernel = frozenset({"kernel"})
    return (
        Mistake("kernels-rotated", "the kernels are rotated by 180°", _rotated, can_rotate, kernel),
        Mistake(
            "kernels-transposed",
            "rows and columns of the kernels are swapped",
            _transposed,
            can_transpose,
            kernel,
        ),
    )


def is_grouped(node: Node, known: Known) -> bool:
    """More than one group, and each reads more than one channel."""
    return bool(1 < node.attributes.get("groups", 1) < known.inputs[0][2])


def _inputs_in_turns(step: Step) -> Step:
    """Input channel c is taken for the group c mod groups."""
    x, groups = step.inputs[0], step["groups"]
    turns = np.arange(x.shape[-1]).reshape(-1, groups).T.reshape(-1)
    return replace(step, inputs=(np.ascontiguousarray(x[..., turns]),), scratch=False)


GROUPS_INTERLEAVED = Mistake(
    "groups-interleaved",
    "the groups read the input channels in turns instead of in runs",
    _inputs_in_turns,
    is_grouped,
    frozenset({"groups"}),
)
