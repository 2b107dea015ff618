"""NumPy's .npz: arrays named for the layers (`conv1_1.kernel`, `conv1_1_W`) or as in torchvision.

netparity writes the canonical layout. The layout of other files is inferred from the shapes; if
the flattening order cannot be inferred, it is that of the tool with this order of axes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from netparity.files import zip_file
from netparity.files.limits import DamagedError, check_size, reading
from netparity.files.stored import Stored
from netparity.models import Model
from netparity.weights import layer_names, torch_names
from netparity.weights.contents import (
    Contents,
    Format,
    Pair,
    Tensors,
    bias_values,
    convolution_axes,
    kernel_values,
)
from netparity.weights.layout import CANONICAL, Layout, Tensor

_SUFFIX = ".npy"
_HEADER_BYTES = 4096


def recognise(path: Path, head: bytes) -> bool:
    """Whether it is a zip archive of .npy files alone."""
    if not head.startswith(zip_file.SIGNATURE):
        return False
    names = zip_file.members(path)
    return all(name.endswith(_SUFFIX) for name in names)


def read(path: Path) -> Contents:
    """Read such a file.

    Raises:
        InputError: if it is damaged or contains other names.
    """
    with reading(path, "NumPy .npz"):
        arrays = {
            name.removesuffix(_SUFFIX): _array(member)
            for name, member in zip_file.members(path).items()
        }
        if arrays and all("." in name and name.startswith(_TORCH) for name in arrays):
            return torch_names.contents(arrays)
        pairs = layer_names.pairs(arrays)
        layout, reason = _layout(pairs)
        return Contents(pairs, layout, reason, layer_names.of)


def write(path: Path, model: Model, tensors: Tensors) -> None:
    """Write the canonical tensors; `numpy.load` reads them."""
    with zip_file.writing(path) as archive:
        for layer in model.parametric_layers:
            for name, (shape, values) in (
                (layer.kernel, kernel_values(tensors, layer, CANONICAL)),
                (layer.bias, bias_values(tensors, layer)),
            ):
                head = io.BytesIO()
                npy.write_array_header_1_0(
                    head, {"descr": "<f4", "fortran_order": False, "shape": shape}
                )
                zip_file.add(archive, name + _SUFFIX, _after(head.getvalue(), values))


_TORCH = ("features.", "classifier.", "module.")


def _after(head: bytes, values: Iterator[Tensor]) -> Iterator[Tensor | bytes]:
    yield head
    yield from values


def _array(member: zip_file.Member) -> Stored:
    with member.open() as file:
        head = io.BytesIO(file.read(_HEADER_BYTES))
    name = member.name.removesuffix(_SUFFIX)
    version = npy.read_magic(head)
    if version not in ((1, 0), (2, 0)):
        raise DamagedError(
            f"{member.name[:80]!r} has version {version} of the .npy format; expected 1.0 or 2.0"
        )
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, by_columns, dtype = read_header(head, max_header_size=_HEADER_BYTES)
    if dtype.kind != "f":
        raise DamagedError(f"{name[:80]!r} contains {dtype}, not floats")
    check_size(name, shape)
    if member.size != head.tell() + int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
        raise DamagedError(f"{name[:80]!r} claims shape {shape}, which does not fit its data")
    if by_columns and len(shape) > 1:
        return _by_columns(member.array(name, shape[::-1], dtype, head.tell()), shape)
    return member.array(name, shape, dtype, head.tell())


def _by_columns(turned: Stored, shape: tuple[int, ...]) -> Stored:
    """An array whose first axis varies fastest, which can only be read as a whole."""
    kept: list[npt.NDArray[np.generic]] = []

    def fetch(start: int, stop: int) -> npt.NDArray[np.generic]:
        if not kept:
            kept.append(turned.fetch(0, turned.size).reshape(turned.shape).T.reshape(-1))
        return kept[0][start:stop]

    return Stored(turned.name, shape, turned.dtype, fetch)


def _layout(pairs: tuple[Pair, ...]) -> tuple[Layout, str]:
    axes = convolution_axes(pair.kernel for pair in pairs) or "HWIO"
    matrices = [pair for pair in pairs if len(pair.kernel.shape) == 2]
    units_first = [
        pair.kernel.shape[0] == pair.bias.size != pair.kernel.shape[1] for pair in matrices
    ]
    inputs_first = [
        pair.kernel.shape[1] == pair.bias.size != pair.kernel.shape[0] for pair in matrices
    ]
    transposed = any(units_first) and not any(inputs_first)
    dense = axes
    if matrices and axes == "HWIO" and transposed:
        dense = "OHWI"
    elif matrices and axes == "OIHW" and not transposed:
        dense = "IHWO"
    reason = f"the shapes of convolutions are {axes}"
    if matrices:
        reason += f", dense layers {'units x inputs' if transposed else 'inputs x units'}"
    return Layout(axes, dense, flat=bool(matrices)), reason


FORMATS = (Format("npz", "NumPy .npz", (".npz",), recognise, read, write),)
