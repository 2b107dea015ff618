"""NumPy's .npz: arrays named for the layers (`conv1_1.kernel`, `conv1_1_W`) or as in torchvision.

netparity writes the canonical layout. The layout of other files is inferred from the shapes; if
the flattening order cannot be inferred, it is that of the tool with this order of axes.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from netparity.files import npy, zip_file
from netparity.files.limits import NAME_SHOWN, DamagedError, reading
from netparity.files.source import Source
from netparity.networks import Network
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
from netparity.weights.layout import CANONICAL, Layout

_TORCH = ("features.", "classifier.", "module.")


def recognise(source: Source) -> bool:
    """Whether it is a zip archive of .npy files alone."""
    if not zip_file.looks_like(source.head):
        return False
    return all(name.endswith(npy.SUFFIX) for name in source.members)


def read(source: Source) -> Contents:
    """Read such a file.

    Raises:
        InputError: if it is damaged or contains other names.
    """
    with reading(source.path, "NumPy .npz"):
        arrays = source.arrays()
        for name, stored in arrays.items():
            if stored.dtype.kind != "f":
                raise DamagedError(f"{name[:NAME_SHOWN]!r} contains {stored.dtype}, not floats")
        if arrays and all("." in name and name.startswith(_TORCH) for name in arrays):
            return torch_names.contents(arrays)
        pairs = layer_names.pairs(arrays)
        layout, reason = _layout(pairs)
        return Contents(pairs, layout, reason, layer_names.of)


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the canonical tensors; `numpy.load` reads them."""
    with zip_file.writing(path) as archive:
        for layer in model.parametric_layers:
            for name, (shape, values) in (
                (layer.kernel, kernel_values(tensors, layer, CANONICAL)),
                (layer.bias, bias_values(tensors, layer)),
            ):
                zip_file.add(archive, name + npy.SUFFIX, chain([npy.header_of(shape)], values))


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
