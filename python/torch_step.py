"""What the operations in PyTorch share: a node with its inputs' shapes and its tensors.

Images are N x C x H x W; values of any other rank are N x the shape of one image, channels last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]

from network_file import NetworkNode

Shape = tuple[int, ...]
Call = Callable[..., Any]

_IMAGE_AXES = (2, 3, 1)
"""Where the height, width and channels of one image are in N x C x H x W."""


def identity(x: Any) -> Any:
    """Return the value itself."""
    return x


class Step(torch.nn.Module):  # type: ignore[misc]
    """One node to be computed.

    shapes: of one image of each input, channels last; tensors: role to values, as canonical weights
    hold them. An operation `hold`s what it needs of them.
    """

    def __init__(
        self, node: NetworkNode, shapes: Sequence[Shape], tensors: Mapping[str, np.ndarray]
    ) -> None:
        super().__init__()
        self.node = node
        self.shapes = list(shapes)
        self.given = dict(tensors)
        self.call: Call = identity

    def forward(self, *inputs: Any) -> Any:
        """Compute the node."""
        return self.call(*inputs)

    @property
    def shape(self) -> Shape:
        """The shape of one image of the first input, channels last."""
        return self.shapes[0]

    def attribute(self, name: str) -> Any:
        """An attribute of the node."""
        return self.node[name]

    def hold(self, name: str, values: np.ndarray | None) -> None:
        """Keep values as the attribute `name`, moved and converted with the network; None stays."""
        held = None if values is None else torch.from_numpy(np.array(values, np.float32, order="C"))
        self.register_buffer(name, held)

    def axes(self, name: str = "axes") -> list[int]:
        """Axes of one image, as axes of the tensor in PyTorch's order."""
        given = self.node[name]
        given = [given] if isinstance(given, int) else given
        return [axis_of(axis, len(self.shape)) for axis in given]

    def hold_along(self, role: str) -> None:
        """Hold a tensor so that it broadcasts over the input; None if the node has none."""
        values = self.given.get(role)
        if values is not None:
            rank = len(self.shape)
            values = values.reshape((1,) * (rank - values.ndim) + values.shape)
            values = (values.transpose(2, 0, 1) if rank == 3 else values)[None]
        self.hold(role, values)


def axis_of(axis: int, rank: int) -> int:
    """Return where an axis of one image of this rank is in the tensor."""
    axis %= rank
    return _IMAGE_AXES[axis] if rank == 3 else 1 + axis


def channels_last(x: Any) -> Any:
    """N x C x H x W to N x H x W x C; other ranks stay."""
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def channels_first(x: Any) -> Any:
    """N x H x W x C to N x C x H x W; other ranks stay."""
    return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


def reshaped(x: Any, shape: Shape) -> Any:
    """Return the values of each image, read row by row with channels last, in another shape."""
    return channels_first(channels_last(x).reshape(x.shape[0], *shape))
