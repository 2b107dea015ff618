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
from netparity.weights.contents import Format, Tensors
from netparity.weights.layout import CANONICAL, values_in_pieces
from netparity.weights.listing import Convention, Listing

NAME = "canonical"
SUFFIXES = (".safetensors",)

_CONVENTION = Convention(("HWIO",), ("IO",))


def recognise(source: Source) -> bool:
    """Whether it is safetensors with netparity's names in its header."""
    head = source.head
    if not safetensors_file.looks_like(head) or safetensors_file.written_by(head) is not None:
        return False
    return b'.kernel"' in head


def listing(source: Source) -> Listing:
    """Read such a file.

    Raises:
        InputError: if it is damaged.
    """
    with reading(source.path, "netparity's safetensors"):
        arrays, _ = safetensors_file.read(source.path)
        return Listing(arrays, _CONVENTION, "the names are netparity's, whose kernels are HWIO")


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


FORMATS = (
    Format(
        NAME,
        "netparity's safetensors",
        SUFFIXES,
        recognise,
        listing,
        write,
        any_network=True,
        tool="netparity",
        brought="tensors by the names of the network's",
    ),
)
