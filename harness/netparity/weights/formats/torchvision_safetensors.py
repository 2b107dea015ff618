"""torchvision's state dict of a VGG network, stored as safetensors."""

from __future__ import annotations

from pathlib import Path

from netparity.files import safetensors_file
from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.networks import Network
from netparity.weights import torch_names
from netparity.weights.contents import Contents, Format, Tensors


def recognise(source: Source) -> bool:
    """Whether the header of safetensors is not netparity's own."""
    return safetensors_file.looks_like(source.head) and b'.kernel"' not in source.head


def read(source: Source) -> Contents:
    """Read such a file.

    Raises:
        InputError: if it is damaged or holds other names.
    """
    with reading(source.path, "torchvision's safetensors"):
        return torch_names.contents(safetensors_file.read(source.path)[0])


def write(path: Path, model: Network, tensors: Tensors) -> None:
    """Write the state dict with PyTorch's metadata."""
    safetensors_file.write(path, torch_names.arrays_of(model, tensors), {"format": "pt"})


FORMATS = (
    Format(
        "torchvision-safetensors",
        "torchvision's state dict as safetensors",
        (".safetensors",),
        recognise,
        read,
        write,
        only_to=True,
    ),
)
