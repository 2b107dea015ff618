"""MatConvNet's SimpleNN `.mat`: a chain of layers, as MatConvNet's own pretrained files have it.

Files are MAT 5 without compression, which Octave reads several times faster than MAT 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netparity.files import mat5_writing
from netparity.networks.graph import Network
from netparity.networks.matconvnet import encoding
from netparity.networks.matconvnet.lacking import lacks
from netparity.networks.matconvnet.lowered import Lowered
from netparity.networks.matconvnet.lowering import lowered
from netparity.networks.matconvnet.meta import meta
from netparity.networks.node import GraphError
from netparity.networks.writing.base import Tensors, Writer


def write(path: Path, network: Network, tensors: Tensors) -> None:
    """Write a network that is a chain.

    Raises:
        GraphError: naming the node that MatConvNet cannot compute, or that breaks the chain.
    """
    made = lowered(network, tensors)
    source = made.variables[network.inputs[0].name]
    breaking = encoding.breaks_chain(made.layers, source)
    if breaking is not None:
        raise GraphError(
            f"{network.name} cannot be written as SimpleNN, which holds chains only: layer "
            f"{breaking.name!r} ({breaking.kind}) is part of a graph; write it as DagNN"
        )
    write_lowered(path, made)


def is_chain(made: Lowered) -> bool:
    """Whether the layers are a chain of layers that SimpleNN has."""
    source = made.variables[made.network.inputs[0].name]
    return len(made.network.inputs) == 1 and encoding.breaks_chain(made.layers, source) is None


def write_lowered(path: Path, made: Lowered) -> None:
    """Write the layers of a chain."""
    described = meta(made.network, made.variables, made.tensors)
    mat5_writing.write(path, [encoding.simplenn_layers(made.layers), described])


def names(network: Network) -> Mapping[str, str]:
    """Node to layer, or to variable in DagNN; `Lowered.names` says what of flattened maps."""
    return lowered(network, {}).names


WRITER = Writer("simplenn", "MatConvNet SimpleNN .mat", ".mat", write, names, lacks)
