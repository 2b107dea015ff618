"""MatConvNet's DagNN `.mat` in its saved form: any graph, as plain structures."""

from __future__ import annotations

from pathlib import Path

from netparity.files import mat5_writing
from netparity.networks.graph import Network
from netparity.networks.matconvnet import encoding
from netparity.networks.matconvnet.lacking import lacks
from netparity.networks.matconvnet.lowered import Lowered
from netparity.networks.matconvnet.lowering import lowered
from netparity.networks.matconvnet.meta import meta
from netparity.networks.writing import simplenn
from netparity.networks.writing.base import Tensors, Writer


def write(path: Path, network: Network, tensors: Tensors) -> None:
    """Write a network.

    Raises:
        GraphError: naming the node that MatConvNet cannot compute.
    """
    write_lowered(path, lowered(network, tensors))


def write_lowered(path: Path, made: Lowered) -> None:
    """Write a network's layers."""
    inputs = [made.variables[entry.name] for entry in made.network.inputs]
    described = meta(made.network, made.variables, made.tensors)
    mat5_writing.write(path, [*encoding.dagnn_variables(made.layers, inputs), described])


def write_either(path: Path, network: Network, tensors: Tensors) -> None:
    """Write a chain as SimpleNN, any other network as DagNN.

    Raises:
        GraphError: naming the node that MatConvNet cannot compute.
    """
    made = lowered(network, tensors)
    (simplenn.write_lowered if simplenn.is_chain(made) else write_lowered)(path, made)


WRITER = Writer("dagnn", "MatConvNet DagNN .mat", ".mat", write, simplenn.names, lacks)
EITHER = Writer(
    "matconvnet",
    "MatConvNet .mat: SimpleNN for a chain, otherwise DagNN",
    ".mat",
    write_either,
    simplenn.names,
    lacks,
)
