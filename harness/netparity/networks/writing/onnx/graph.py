"""The nodes and arrays of an ONNX file while it is made."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import Network
from netparity.networks.node import Node, Shape
from netparity.networks.ops import OPS
from netparity.networks.ops.base import attribute_of
from netparity.networks.writing.base import Tensors

if TYPE_CHECKING:
    from onnx import NodeProto

Values = npt.NDArray[Any]
IMAGE = 3


def in_file(shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of one image in the file: channels first where there are three axes."""
    if len(shape) != IMAGE:
        return tuple(shape)
    height, width, channels = shape
    return channels, height, width


def axis_in_file(axis: int, rank: int) -> int:
    """Where an axis of the graph's shape is in the file, whose axis 0 counts the images."""
    axis %= rank
    return (2, 3, 1)[axis] if rank == IMAGE else axis + 1


@dataclass(frozen=True)
class Array:
    """An initialiser, whose values are made when it is written."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fetch: Callable[[], Values]

    @property
    def count(self) -> int:
        """The number of values."""
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        """Bytes of one value."""
        return self.dtype.itemsize


class Graph:
    """What has been written so far.

    Attributes:
        nodes: ONNX nodes, in order.
        arrays: the initialisers by name.
    """

    def __init__(self, network: Network, tensors: Tensors) -> None:
        self.network, self._tensors = network, tensors
        self.nodes: list[NodeProto] = []
        self.arrays: dict[str, Array] = {}
        self._taken = {node.name for node in network.nodes}
        self._taken |= {entry.name for entry in network.inputs}

    def shape(self, name: str) -> Shape:
        """The shape of one image of a node's output."""
        return self.network.shapes[name]

    def shapes_in(self, node: Node) -> list[Shape]:
        """The shapes of a node's inputs."""
        return [self.network.shapes[name] for name in node.inputs]

    def get(self, node: Node, name: str) -> Any:
        """An attribute of a node, or its default."""
        return attribute_of(OPS[node.op], node, name)

    def add(
        self, op: str, inputs: Sequence[str], output: str, label: str = "", **attributes: Any
    ) -> str:
        """Append an ONNX node; its output is the result."""
        from onnx import helper

        given = {name: value for name, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(op, list(inputs), [output], label or output, **given))
        return output

    def step(self, node: Node, what: str) -> str:
        """A name for something computed on the way to a node's output."""
        name, number = f"{node.name}/{what}", 2
        while name in self._taken:
            name, number = f"{node.name}/{what}_{number}", number + 1
        self._taken.add(name)
        return name

    def array(self, node: Node, what: str, values: npt.ArrayLike, dtype: Any = np.float32) -> str:
        """An initialiser whose values are here already."""
        array = np.asarray(values, dtype)
        return self._keep(self.step(node, what), array.shape, array.dtype, lambda: array)

    def whole(self, node: Node, what: str, values: Sequence[int]) -> str:
        """An initialiser of whole numbers."""
        return self.array(node, what, list(values), np.int64)

    def tensor(
        self,
        node: Node,
        role: str,
        shape: Sequence[int] | None = None,
        change: Callable[[Values], Values] = lambda values: values,
    ) -> str:
        """A node's tensor as an initialiser.

        Args:
            shape: in the file; the tensor's own if it does not change.
            change: to the values in the file.
        """
        name = node.tensors[role]
        sizes = self.network.tensors[name] if shape is None else tuple(shape)
        written = name
        if written in self._taken or written in self.arrays:
            written = self.step(node, role)
        single = np.dtype(np.float32)
        return self._keep(
            written, sizes, single, lambda: change(self._tensors[name]).reshape(sizes)
        )

    def mean_image(self, name: str) -> None:
        """A tensor that is subtracted before the network: no node reads it."""
        shape = self.network.tensors[name]
        self._keep(name, shape, np.dtype(np.float32), lambda: self._tensors[name])

    def _keep(
        self, name: str, shape: Sequence[int], dtype: np.dtype[Any], fetch: Callable[[], Values]
    ) -> str:
        self.arrays[name] = Array(tuple(shape), dtype.newbyteorder("<"), fetch)
        return name

    def moved(self, node: Node, source: str, order: Sequence[int], what: str) -> str:
        """A Transpose, or the source itself if the order is the same."""
        if list(order) == list(range(len(order))):
            return source
        return self.add("Transpose", [source], self.step(node, what), perm=list(order))

    def plain(self, node: Node, source: str, rank: int) -> str:
        """An activation with its axes in the graph's order."""
        order = [0, *(axis_in_file(axis, rank) for axis in range(rank))]
        return self.moved(node, source, order, "channels_last")

    def from_plain(
        self, node: Node, rank: int, op: str, inputs: Sequence[str], **rest: Any
    ) -> None:
        """The node's output by an operation whose result has the graph's order of axes."""
        if rank != IMAGE:
            self.add(op, inputs, node.name, **rest)
            return
        made = self.add(op, inputs, self.step(node, "in_order"), **rest)
        self.add("Transpose", [made], node.name, perm=[0, 3, 1, 2])


Write = Callable[[Graph, Node], None]
"""Writes one node."""


def only(op: str) -> Write:
    """An operation that ONNX has under this name, without attributes."""

    def write(graph: Graph, node: Node) -> None:
        graph.add(op, [node.inputs[0]], node.name)

    return write


def broadcast(graph: Graph, node: Node, role: str, rank: int) -> str:
    """A tensor that is broadcast to an image, in the file's order of axes."""
    shape = graph.network.tensors[node.tensors[role]]
    full = (1,) * (rank - len(shape)) + tuple(shape)
    if rank != IMAGE:
        return graph.tensor(node, role, full)
    return graph.tensor(
        node, role, in_file(full), lambda values: values.reshape(full).transpose(2, 0, 1)
    )
