"""How a kernel of a file becomes one of the network: the order of its axes, told by its shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.files.stored import Stored
from netparity.weights.layout import Tensor, load_flat
from netparity.weights.listing import Convention
from netparity.weights.matching.slots import Slot

_CHUNK_VALUES = 2**21


@dataclass(frozen=True)
class Axes:
    """The order of axes in a file.

    Attributes:
        kernels: of kernels with four axes, such as `OIHW`.
        matrices: of dense layers' matrices, `OI` or `IO`.
        flattened: the order in which a matrix reads a map, `CHW` or `HWC`.
    """

    kernels: str
    matrices: str
    flattened: str

    def describe(self) -> str:
        """The order in words."""
        units = {"OI": "units x inputs", "IO": "inputs x units"}[self.matrices]
        order = {"CHW": "channels, height, width", "HWC": "height, width, channels"}
        kernels = "HWIO by columns" if self.kernels == "OIWH" else self.kernels
        return f"kernels {kernels}, dense layers {units}, flattened {order[self.flattened]}"


def possible(convention: Convention) -> list[Axes]:
    """The orders that a file may have, the likeliest first."""
    return [
        Axes(kernels, matrices, convention.flattened or _flattened(kernels))
        for kernels in convention.kernels
        for matrices in convention.matrices
    ]


def _flattened(kernels: str) -> str:
    return "HWC" if kernels.startswith("H") else "CHW"


def order_in_file(stored: Stored, slot: Slot, axes: Axes) -> str | None:
    """The axes of a kernel in the file, if it fits the slot in this order.

    Returns:
        `H`, `W`, `I` and `O` in the file's order, slowest first; None if the shapes do not fit.
    """
    if slot.kernel is None:
        return None
    if len(stored.shape) == 4:
        return _of_kernel(stored.shape, slot.kernel, axes, slot.grouped)
    height, width = slot.kernel[:2]
    if len(stored.shape) == 2 and (slot.map in (None, (height, width)) or height * width == 1):
        return _of_matrix(stored.shape, slot.kernel, axes)
    return None


def _of_kernel(
    shape: tuple[int, ...], kernel: tuple[int, int, int, int], axes: Axes, grouped: bool
) -> str | None:
    sizes = dict(zip("HWIO", kernel, strict=True))
    if shape == tuple(sizes[axis] for axis in axes.kernels):
        return axes.kernels
    # A depthwise kernel of Keras is height x width x channels x multiplier.
    deep = axes.kernels == "HWIO" and kernel[2] == 1 and grouped
    fits = shape[:2] == kernel[:2] and shape[2] * shape[3] == kernel[3]
    return "HWIO" if deep and fits else None


def _of_matrix(shape: tuple[int, ...], kernel: tuple[int, int, int, int], axes: Axes) -> str | None:
    rows, outputs = math.prod(kernel[:3]), kernel[3]
    columns = "IHW" if axes.flattened == "CHW" else "HWI"
    if axes.matrices == "OI":
        return f"O{columns}" if shape == (outputs, rows) else None
    return f"{columns}O" if shape == (rows, outputs) else None


@dataclass(frozen=True)
class Placed:
    """A tensor of the file in its place in the network.

    Attributes:
        stored: as the file has it.
        shape: in the network.
        kernel: height, width, inputs and outputs; None if it is not a kernel.
        order: the kernel's axes in the file, slowest first.
        rotated: whether the file's kernel is rotated by 180 degrees.
        reversed: whether its input channels are in reversed order.
    """

    stored: Stored
    shape: tuple[int, ...]
    kernel: tuple[int, int, int, int] | None = None
    order: str = ""
    rotated: bool = False
    reversed: bool = False

    def load(self) -> Tensor:
        """Read it in pieces into the network's layout, so that it is in memory only once."""
        found: Tensor = np.empty(self.shape, dtype=np.float32)
        if self.kernel is None:
            return load_flat(self.stored, found.reshape(-1)).reshape(self.shape)
        view: npt.NDArray[np.float32] = found.reshape(self.kernel)
        view = view[::-1, ::-1] if self.rotated else view
        view = view[:, :, ::-1] if self.reversed else view
        view = view.transpose(["HWIO".index(axis) for axis in self.order])
        if view.flags.c_contiguous:
            load_flat(self.stored, view.reshape(-1))
            return found
        row = view[0].size  # whole rows of the file, whose first axis is cut into no smaller parts
        rows = max(1, _CHUNK_VALUES // row)
        for start in range(0, view.shape[0], rows):
            part = view[start : start + rows]
            part[...] = self.stored.fetch(start * row, start * row + part.size).reshape(part.shape)
        return found
