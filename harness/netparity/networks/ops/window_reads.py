"""Which places of its input each window of a convolution or a pool reads.

From it follow the numbers by which a mean is divided, and where a mistake has an effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.networks.node import Node
from netparity.networks.ops.base import Known, Step
from netparity.networks.ops.windows import pooled_size

Pads = tuple[int, int, int, int]


@dataclass(frozen=True)
class Windows:
    """How the windows of a convolution or a pool lie on its input; (rows, columns) each."""

    size: tuple[int, int]
    window: tuple[int, int]
    strides: tuple[int, int]
    dilations: tuple[int, int]
    pads: Pads
    ceil: bool

    @property
    def places(self) -> tuple[int, int]:
        """Height and width of the output."""
        return self._count(0), self._count(1)

    def _count(self, axis: int) -> int:
        before, after = self.pads[2 * axis : 2 * axis + 2]
        return pooled_size(
            self.size[axis],
            self.window[axis],
            self.strides[axis],
            before,
            after,
            self.dilations[axis],
            self.ceil,
        )

    def positions(self, axis: int, places: int) -> npt.NDArray[np.int64]:
        """The place that each tap of each window reads, be it outside: `places` x taps."""
        starts = np.arange(places, dtype=np.int64)[:, None] * self.strides[axis]
        taps = np.arange(self.window[axis], dtype=np.int64)[None, :] * self.dilations[axis]
        return starts + taps - self.pads[2 * axis]

    def read(self, axis: int, places: int) -> npt.NDArray[np.int64]:
        """What each tap reads, -1 for padding: `places` x taps."""
        found = self.positions(axis, places)
        found[(found < 0) | (found >= self.size[axis])] = -1
        return found

    def used(self, axis: int) -> list[int]:
        """The taps that read the image in some window; the others meet nothing but padding."""
        inside = (self.read(axis, self.places[axis]) >= 0).any(axis=0)
        return [int(tap) for tap in np.flatnonzero(inside)]

    def counts(self, count_padding: bool) -> npt.NDArray[np.int64]:
        """How many values of each window count in a mean, at least 1: H x W.

        Args:
            count_padding: whether `pads` count; what `ceil` adds beyond them never does.
        """
        along = []
        for axis, places in enumerate(self.places):
            size, (before, after) = self.size[axis], self.pads[2 * axis : 2 * axis + 2]
            found = self.positions(axis, places)
            low, high = (-before, size + after) if count_padding else (0, size)
            along.append(((found >= low) & (found < high)).sum(axis=1))
        return np.asarray(np.maximum(1, np.outer(along[0], along[1])))


def windows_of(node: Node, size: Sequence[int], kernel: Sequence[int] | None) -> Windows:
    """The windows of a node on an input of some height and width.

    Args:
        kernel: of a convolution; None for a pool, whose window is an attribute.
    """
    attributes = node.attributes
    window = attributes["window"] if kernel is None else kernel
    return Windows(
        (size[0], size[1]),
        (window[0], window[1]),
        attributes.get("strides", (1, 1)),
        attributes.get("dilations", (1, 1)),
        attributes.get("pads", (0, 0, 0, 0)),
        attributes.get("ceil", False),
    )


def of_step(step: Step) -> Windows:
    """The windows of a step."""
    kernel = step.tensors["kernel"].shape if "kernel" in step.tensors else None
    return windows_of(step.node, step.inputs[0].shape[1:3], kernel)


def of_known(node: Node, known: Known) -> Windows:
    """The windows of a node whose shapes are known."""
    return windows_of(node, known.inputs[0], known.tensors.get("kernel"))


def holds_several(node: Node, known: Known) -> bool:
    """Whether some window holds more than one value of the image."""
    return bool(of_known(node, known).counts(count_padding=False).max() > 1)
