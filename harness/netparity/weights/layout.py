"""How a file stores kernels, and the conversion from and to the canonical layout.

A layout is a *view*: the canonical array (height x width x input x output channels, first layer
in RGB order) with its axes permuted, its rows and columns reversed, its first layer's channels
reversed. Reading fills that view from the file, writing iterates over it, so no format needs its
own code for transposing, and no tensor is in memory twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.files.stored import Stored
from netparity.networks import Layer

Tensor = npt.NDArray[np.float32]

_CHUNK_VALUES = 2**21
_CACHED_VALUES = 2**16
# Sixteen float32 fill a cache line: blocks of that width are transposed at memory speed.
_BLOCK = 16


@dataclass(frozen=True)
class Layout:
    """How a file stores kernels.

    Attributes:
        kernel: the axes of a convolution's kernel, slowest first: `HWIO`, `OIHW`, or MATLAB's
            HWIO by columns, `OIWH`.
        dense: the same for a dense layer, taken as a kernel as large as its input.
        flat: whether dense kernels are matrices.
        rotated: whether convolutions are rotated by 180 degrees, as Theano's convolution needs.
        first: the order of the image's channels in the first layer.
    """

    kernel: str = "HWIO"
    dense: str = "HWIO"
    flat: bool = False
    rotated: bool = False
    first: str = "RGB"

    def view(self, canonical: Tensor, layer: Layer) -> Tensor:
        """A view of the canonical kernel in this layout's order; nothing is copied."""
        view = canonical
        if layer.kind == "conv" and self.rotated:
            view = view[::-1, ::-1]
        if self.first == "BGR" and layer.takes_image:
            view = view[:, :, ::-1]
        return view.transpose(["HWIO".index(axis) for axis in self._axes(layer)])

    def shape(self, layer: Layer) -> tuple[int, ...]:
        """The shape of a layer's kernel in the file, the last axis varying fastest."""
        assert layer.kernel_shape is not None
        axes = self._axes(layer)
        sizes = dict(zip("HWIO", layer.kernel_shape, strict=True))
        if self.flat and layer.kind == "dense":
            inputs = math.prod(layer.kernel_shape[:3])
            return (sizes["O"], inputs) if axes[0] == "O" else (inputs, sizes["O"])
        return tuple(sizes[axis] for axis in axes)

    def describe(self) -> str:
        """The layout in words."""
        flattened = {"HWIO": "height, width, channels", "IHWO": "channels, height, width"}
        flattened |= {"OIHW": "channels, height, width", "OHWI": "height, width, channels"}
        parts = [f"kernels {self.kernel}", f"first layer {self.first}"]
        if self.kernel == "OIWH":
            parts[0] = "kernels HWIO by columns"
        if self.flat:
            transposed = "units x inputs" if self.dense[0] == "O" else "inputs x units"
            parts.append(f"dense layers {transposed}, flattened {flattened[self.dense]}")
        else:
            parts.append("dense layers as full-size kernels")
        if self.rotated:
            parts.append("convolutions rotated by 180 degrees (Theano's)")
        return ", ".join(parts)

    def _axes(self, layer: Layer) -> str:
        return self.dense if layer.kind == "dense" else self.kernel


CANONICAL = Layout()


def load_flat(stored: Stored, into: Tensor) -> Tensor:
    """Read an array's values in the file's order, in pieces, into a flat array."""
    row = stored.size // (stored.shape[0] if stored.shape else 1)
    step = max(1, _CHUNK_VALUES // max(row, 1)) * row
    for start in range(0, into.size, step):
        stop = min(start + step, into.size)
        into[start:stop] = stored.fetch(start, stop).reshape(-1)
    return into


def all_finite(tensor: Tensor) -> bool:
    """Whether no value is NaN or infinite; tested in pieces that fit into the processor's cache."""
    flat = tensor.reshape(-1)
    return all(
        np.isfinite(flat[start : start + _CACHED_VALUES]).all()
        for start in range(0, flat.size, _CACHED_VALUES)
    )


def pieces(tensor: Tensor, layer: Layer, layout: Layout) -> Iterator[Tensor]:
    """A canonical kernel's values in the order of `layout`, in flat pieces of whole rows."""
    view = layout.view(tensor, layer)
    if view.flags.c_contiguous:
        flat = view.reshape(-1)
        row = flat.size // layout.shape(layer)[0]
        step = max(1, _CHUNK_VALUES // row) * row
        for start in range(0, flat.size, step):
            yield flat[start : start + step]
        return
    units_first = layout.shape(layer)[0] == view.shape[0] == tensor.shape[3]
    row = tensor.size // view.shape[0]
    rows = _BLOCK if units_first else max(1, _CHUNK_VALUES // row)
    for start in range(0, view.shape[0], rows):
        part = view[start : start + rows]
        if units_first:
            # In two steps, one cache line at a time: four times as fast as a plain transpose.
            lines = np.ascontiguousarray(np.moveaxis(part, 0, -1))
            part = lines.reshape(-1, len(part)).T
        yield np.ascontiguousarray(part).reshape(-1)


def values_in_pieces(tensors: Mapping[str, Tensor], name: str) -> Iterator[Tensor]:
    """The values of one tensor in its own order, read on iteration, in flat pieces."""
    flat = np.ascontiguousarray(tensors[name], dtype=np.float32).reshape(-1)
    for start in range(0, flat.size, _CHUNK_VALUES):
        yield flat[start : start + _CHUNK_VALUES]
