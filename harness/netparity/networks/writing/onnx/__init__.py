"""Networks as ONNX files, the images N x C x H x W.

Every node's output has the node's name, so that any feature can be asked for. The structure is made
by the `onnx` package; the weights follow one after the other, so that they need not fit into memory
together.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from netparity.files import protobuf
from netparity.networks.graph import Network
from netparity.networks.node import GraphError, Shape
from netparity.networks.writing.base import Tensors, Writer
from netparity.networks.writing.onnx.graph import Array, Graph, in_file
from netparity.networks.writing.onnx.metadata import KEY, metadata_of
from netparity.networks.writing.onnx.operations import OPERATIONS, lacks

if TYPE_CHECKING:
    from onnx import ValueInfoProto

_PLAIN, _DILATED_MEANS = (8, 18), (9, 19)
"""The version of the format and that of the operators; average pools with dilations are newer."""

_GRAPH, _INITIALIZER, _FLOAT = 7, 5, 1
_MOST_BYTES = 2**31 - 1
_WHOLE = 7


def write(path: Path, network: Network, tensors: Tensors) -> None:
    """Write a network and its weights.

    Raises:
        GraphError: if ONNX has no such operation, or the file would be larger than 2 GB.
    """
    graph = _graph(network, tensors)
    structure = _structure(network, graph)
    heads = {name: _head(name, array) for name, array in graph.arrays.items()}
    bodies = {
        name: len(heads[name]) + array.count * array.itemsize
        for name, array in graph.arrays.items()
    }
    total = len(structure) + sum(
        len(protobuf.head(_INITIALIZER, size)) + size for size in bodies.values()
    )
    if total > _MOST_BYTES:
        raise GraphError(
            f"{network.name} has {total:,} bytes; an ONNX file holds at most {_MOST_BYTES:,}; "
            "fix: write it in another format"
        )
    with path.open("wb") as file:
        file.write(_model(network))
        file.write(protobuf.head(_GRAPH, total))
        file.write(structure)
        for name, array in graph.arrays.items():
            file.write(protobuf.head(_INITIALIZER, bodies[name]))
            file.write(heads[name])
            file.write(np.ascontiguousarray(array.fetch(), dtype=array.dtype).data)


def _graph(network: Network, tensors: Tensors) -> Graph:
    graph = Graph(network, tensors)
    for node in network.nodes:
        problem = lacks(node)
        if problem is not None:
            raise GraphError(f"node {node.name!r} ({node.op}) cannot be written as ONNX: {problem}")
        OPERATIONS[node.op](graph, node)
    for entry in network.inputs:
        if entry.preprocessing is not None and entry.preprocessing.mean_image is not None:
            graph.mean_image(entry.preprocessing.mean_image)
    return graph


def _model(network: Network) -> bytes:
    """What a file says before its graph."""
    from onnx import ModelProto, helper

    dilated = any(
        node.op == "average_pool"
        and any(size != 1 for size in node.attributes.get("dilations", ()))
        for node in network.nodes
    )
    version, opset = _DILATED_MEANS if dilated else _PLAIN
    model = ModelProto(ir_version=version, producer_name="netparity")
    model.opset_import.append(helper.make_opsetid("", opset))
    model.metadata_props.add(key=KEY, value=metadata_of(network))
    return bytes(model.SerializeToString())


def _structure(network: Network, graph: Graph) -> bytes:
    from onnx import TensorProto, helper

    def described(name: str, shape: Shape) -> ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *in_file(shape)])

    outputs = [node.name for node in network.outputs]
    outputs += [name for name in network.default_features if name not in outputs]
    made = helper.make_graph(
        graph.nodes,
        network.name,
        [described(entry.name, entry.shape) for entry in network.inputs],
        [described(name, network.shapes[name]) for name in outputs],
    )
    return bytes(made.SerializeToString())


def _head(name: str, array: Array) -> bytes:
    """A tensor up to its values."""
    kind = _FLOAT if array.dtype.kind == "f" else _WHOLE
    fields = b"".join(protobuf.number(1, size) for size in array.shape)
    fields += protobuf.number(2, kind) + protobuf.message(8, name)
    return fields + protobuf.head(9, math.prod(array.shape) * array.itemsize)


WRITER = Writer("onnx", "ONNX", ".onnx", write, lacks=lacks)

__all__ = ["WRITER", "write"]
