"""netparity's own format: safetensors, float32, kernels HWIO, first layer in RGB order.

Tensors are named `<layer>.kernel` (height x width x input x output channels) and
`<layer>.bias`. Dense layers are kernels as large as their input, so that one shape rule and one
flattening order (height, width, channels) apply throughout.
"""

from __future__ import annotations

from pathlib import Path

from netparity.files import safetensors_file
from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.networks import Network
from netparity.weights import layer_names
from netparity.weights.contents import Contents, Format, Tensors
from netparity.weights.layout import CANONICAL, values_in_pieces

NAME = "canonical"
SUFFIXES = (".safetensors",)


def recognise(source: Source) -> bool:
    """Whether it is safetensors with netparity's names in its header."""
    return safetensors_file.looks_like(source.head) and b'.kernel"' in source.head


def read(source: Source) -> Contents:
    """Read such a file.

    Raises:
        InputError: if it is damaged, or a name is missing or unknown.
    """
    with reading(source.path, "netparity's safetensors"):
        arrays, _ = safetensors_file.read(source.path)
        return Contents(
            pairs=layer_names.pairs(arrays),
            layout=CANONICAL,
            reason="the names are netparity's, whose kernels are HWIO",
            names=layer_names.of,
        )


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the weights without their source and hash."""
    write_with(path, model, tensors, {"model": model.name})


def write_with(path: Path, model: Network, tensors: Tensors, metadata: dict[str, str]) -> None:
    """Write the weights with metadata that identifies them."""
    arrays = {
        name: (tuple(shape), values_in_pieces(tensors, name))
        for name, shape in model.tensors.items()
    }
    layout = {"layout": CANONICAL.describe()}
    safetensors_file.write(path, arrays, metadata | layout)


FORMATS = (Format(NAME, "netparity's safetensors", SUFFIXES, recognise, read, write),)
