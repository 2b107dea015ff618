"""Networks from ONNX files, as PyTorch's and tf2onnx's exporters write them (opset 7 and later).

ONNX's N x C x H x W becomes N x H x W x C. Operations are translated one by one, each by a function
of its own; what is not understood is refused, naming node and operation.
"""

from __future__ import annotations

from netparity.files.limits import reading
from netparity.files.source import Source
from netparity.networks.node import GraphError
from netparity.networks.reading.base import Reader, ReadNetwork
from netparity.protocol.lazy import LazyMapping

_IR_VERSION = bytes([1 << 3])


def recognises(source: Source) -> bool:
    """Whether it begins with ONNX's version field and is named .onnx (ONNX has no signature)."""
    return source.head.startswith(_IR_VERSION) and source.path.suffix.lower() == ".onnx"


def read(source: Source, input_size: tuple[int, int] | None = None) -> ReadNetwork:
    """The network of an ONNX file.

    Args:
        input_size: height and width, for a file that accepts any.

    Raises:
        InputError: if it is damaged, or something in it is not understood.
    """
    from netparity.networks.reading.onnx.constants import as_float32
    from netparity.networks.reading.onnx.file import parse
    from netparity.networks.reading.onnx.network import network_of

    path = source.path
    with reading(path, "ONNX", "the network"):
        try:
            network, constants, itself = network_of(parse(path), path.stem, input_size)
        except GraphError as error:
            raise GraphError(f"{path}: {error}") from error

    def fetch(name: str) -> object:
        with reading(path, "ONNX"):
            return as_float32(constants[name])

    tensors = LazyMapping(network.tensors, fetch)
    return ReadNetwork(network, tensors, as_it_is="onnx", in_file=itself)  # type: ignore[arg-type]


READER = Reader(
    "onnx",
    "ONNX",
    (".onnx",),
    recognises,
    read,
    tool="PyTorch, tf2onnx and others",
    brought="ONNX in a single file, opset 7 and later",
)

__all__ = ["READER", "read"]
