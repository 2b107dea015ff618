"""What the operations in Theano share: a node with its inputs, constants and broadcasting.

Values are N x the shape of one image, so N x H x W x C for an image, whatever the data format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import theano  # type: ignore[import-not-found]
import theano.tensor as tt  # type: ignore[import-not-found]

from network_file import NetworkNode

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """One node to be computed.

    inputs: Theano's variables; shapes: of one image of each; tensors: role to values.
    """

    node: NetworkNode
    inputs: list[Any]
    shapes: list[Shape]
    tensors: dict[str, np.ndarray]

    @property
    def x(self) -> Any:
        """The first input."""
        return self.inputs[0]

    @property
    def shape(self) -> Shape:
        """The shape of one image of the first input."""
        return self.shapes[0]

    def __getitem__(self, attribute: str) -> Any:
        """An attribute of the node."""
        return self.node[attribute]

    def axes(self, attribute: str = "axes") -> list[int]:
        """Axes of one image as axes of the array, whose first is the batch."""
        given = self.node[attribute]
        given = [given] if isinstance(given, int) else given
        return [1 + axis % len(self.shape) for axis in given]

    def reshaped(self, x: Any) -> Any:
        """A variable in the shape of the node's output."""
        return x.reshape((x.shape[0], *self.node.shape), ndim=1 + len(self.node.shape))


def constant(values: np.ndarray | float) -> Any:
    """Return values in Theano's memory, with axes of length 1 that broadcast."""
    array = np.ascontiguousarray(values, dtype=np.float32).reshape(np.shape(values))
    sizes: tuple[int, ...] = array.shape
    return theano.shared(array, broadcastable=tuple(size == 1 for size in sizes))


def along(step: Step, role: str) -> Any:
    """Return a tensor of the node that broadcasts over its input; None if it has none."""
    if role not in step.tensors:
        return None
    values = step.tensors[role]
    return constant(values.reshape((1,) * (1 + len(step.shape) - values.ndim) + values.shape))


def aligned(step: Step) -> list[Any]:
    """Return the inputs so that they broadcast as NumPy's do, each image for itself."""
    rank = max(map(len, step.shapes))
    result = []
    for x, shape in zip(step.inputs, step.shapes, strict=True):
        missing = rank - len(shape)
        whole = x.dimshuffle(0, *["x"] * missing, *range(1, len(shape) + 1))
        single = [1 + missing + axis for axis, size in enumerate(shape) if size == 1]
        result.append(tt.addbroadcast(whole, *single) if single else whole)
    return result


def channels_first(x: Any) -> Any:
    """N x H x W x C to N x C x H x W, as Theano's own operations need it."""
    return x.dimshuffle(0, 3, 1, 2)


def channels_last(x: Any) -> Any:
    """N x C x H x W to N x H x W x C."""
    return x.dimshuffle(0, 2, 3, 1)


def filled(x: Any, pads: list[tuple[int, int]], shape: Shape, value: float) -> Any:
    """Return an array with `pads` (before, after) of one value around every axis of one image."""
    sizes = [before + size + after for size, (before, after) in zip(shape, pads, strict=True)]
    whole = tt.alloc(np.float32(value), x.shape[0], *sizes)
    inside = [slice(before, before + size) for size, (before, _) in zip(shape, pads, strict=True)]
    return tt.set_subtensor(whole[(slice(None), *inside)], x)
