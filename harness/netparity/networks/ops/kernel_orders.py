"""Mistakes with the order in which a kernel's values are stored.

PyTorch and ONNX store outputs x inputs x height x width, TensorFlow and MatConvNet height x width x
inputs x outputs. A kernel that is reshaped where its axes should be permuted has the right shape
with its values in wrong places; and a square matrix has the right shape even if it was not
transposed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from netparity.networks.node import Node, Shape
from netparity.networks.ops.base import Known, Mistake, Step, values_in
from netparity.networks.ops.kernel_mistakes import TapsUsed
from netparity.networks.ops.reading_orders import READ_ORDERS, Order, letters

CHANNELS_SWAPPED = "input and output channels of the kernels are swapped"
_KERNEL = frozenset({"kernel"})
_MOST_COMPARED = 2**17
"""Values of a kernel of which every place is compared; in larger ones the orders differ anyway."""

Values = npt.NDArray[np.generic]


def _to_pytorch(rank: int) -> tuple[int, ...]:
    """The axes of an H x W x I x O kernel, or of inputs x units, in PyTorch's order."""
    return (3, 2, 0, 1) if rank == 4 else (1, 0)


def _from_pytorch(rank: int) -> tuple[int, ...]:
    return (2, 3, 1, 0) if rank == 4 else (1, 0)


def _reshaped_from_pytorch(kernel: Values) -> Values:
    return np.ascontiguousarray(kernel.transpose(_to_pytorch(kernel.ndim))).reshape(kernel.shape)


def _reshaped_to_pytorch(kernel: Values) -> Values:
    shape = [kernel.shape[axis] for axis in _to_pytorch(kernel.ndim)]
    return np.ascontiguousarray(kernel).reshape(shape).transpose(_from_pytorch(kernel.ndim))


def _with_kernel(change: Callable[[Values], Values]) -> Callable[[Step], Step]:
    def make(step: Step) -> Step:
        changed = np.ascontiguousarray(change(step.tensors["kernel"]), np.float32)
        return step.with_tensor("kernel", changed)

    return make


def _is_square(kernel: Shape) -> bool:
    return kernel[-2] == kernel[-1] > 1


def _is_reordered(kernel: Shape) -> bool:
    """Whether reshaping moves values; of a square matrix, it is the same as transposing."""
    if len(kernel) not in (2, 4) or (_is_square(kernel) and set(kernel[:-2]) <= {1}):
        return False
    moved = _to_pytorch(len(kernel))
    return [axis for axis in moved if kernel[axis] > 1] != [
        axis for axis in range(len(kernel)) if kernel[axis] > 1
    ]


@lru_cache(maxsize=256)
def _differs_from_opposite(kernel: Shape) -> bool:
    if values_in(kernel) > _MOST_COMPARED:
        return True
    places = np.arange(values_in(kernel)).reshape(kernel)
    return not np.array_equal(_reshaped_from_pytorch(places), _reshaped_to_pytorch(places))


def order_mistakes(key: str, title: str, used: TapsUsed | None = None) -> tuple[Mistake, ...]:
    """A square kernel that is not transposed, and any that is reshaped instead.

    Args:
        key: of the first of them.
        title: of the first of them.
        used: of a convolution: the taps that have an effect, which must be all.
    """

    def all_used(node: Node, known: Known) -> bool:
        if used is None:
            return True
        rows, columns = used(node, known)
        return (len(rows), len(columns)) == known.tensors["kernel"][:2]

    def can_swap(node: Node, known: Known) -> bool:
        return _is_square(known.tensors["kernel"]) and all_used(node, known)

    def can_reshape(node: Node, known: Known) -> bool:
        return _is_reordered(known.tensors["kernel"]) and all_used(node, known)

    def can_reshape_back(node: Node, known: Known) -> bool:
        return can_reshape(node, known) and _differs_from_opposite(known.tensors["kernel"])

    return (
        Mistake(
            key, title, _with_kernel(lambda kernel: kernel.swapaxes(-1, -2)), can_swap, _KERNEL
        ),
        Mistake(
            "kernel-reshaped",
            "the kernel is reshaped instead of transposed (from PyTorch's order of the axes)",
            _with_kernel(_reshaped_from_pytorch),
            can_reshape,
            _KERNEL,
        ),
        Mistake(
            "kernel-reshaped-to-pytorch",
            "the kernel is reshaped instead of transposed (into PyTorch's order of the axes)",
            _with_kernel(_reshaped_to_pytorch),
            can_reshape_back,
            _KERNEL,
        ),
    )


def rows_in_order(order: Order) -> Mistake:
    """A kernel whose rows follow another order than the one in which the map is flattened."""

    def make(step: Step) -> Step:
        # The values are moved instead of the rows, of which VGG16's fc6 has 400 MB.
        x = step.inputs[0]
        rows = np.arange(values_in(x.shape[1:])).reshape(x.shape[1:]).transpose(order).ravel()
        moved = np.empty_like(x.reshape(len(x), -1))
        moved[:, rows] = x.reshape(len(x), -1)
        return replace(step, inputs=(moved.reshape(x.shape),), scratch=False)

    def fits(node: Node, known: Known) -> bool:
        shape = known.inputs[0]
        return (
            len(known.tensors["kernel"]) == 4
            and len(shape) == 3
            and _differs_from_flattening(order, tuple(shape))
        )

    return Mistake(
        f"kernel-rows-{letters(order)}",
        f"the rows of the kernel are in the order {', '.join(letters(order).upper())}, "
        "but the input is flattened in the order H, W, C",
        make,
        fits,
        frozenset({"kernel", "flatten"}),
    )


@lru_cache(maxsize=256)
def _differs_from_flattening(order: Order, shape: Shape) -> bool:
    """Whether it is neither right nor the same as flattening the map in another order."""
    places = np.arange(values_in(shape)).reshape(shape)
    read = places.transpose(order).ravel()
    inverse = np.argsort(read)
    earlier = READ_ORDERS[1 : READ_ORDERS.index(order)]
    return not any(
        np.array_equal(inverse, places.transpose(other).ravel()) for other in READ_ORDERS
    ) and not any(np.array_equal(read, places.transpose(other).ravel()) for other in earlier)
