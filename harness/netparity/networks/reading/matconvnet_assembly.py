"""A network that is being read, block by block in an order in which they can be computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netparity.files.limits import reading
from netparity.files.matlab import Node as Value
from netparity.networks.checking import MOST_NODES, checked
from netparity.networks.graph import Network
from netparity.networks.matconvnet.block import Block, Tensor
from netparity.networks.matconvnet.blocks import operation
from netparity.networks.node import GraphError, Input, Node, Shape
from netparity.networks.ops import OPS
from netparity.networks.reading.base import ReadNetwork
from netparity.protocol.lazy import LazyMapping

KIND = "a MatConvNet .mat"


@dataclass
class Assembly:
    """Nodes, tensors and shapes as far as they are known.

    Attributes:
        tensors: those of the inputs' preprocessing at first.
        notes: what the user should know.
    """

    path: Path
    origin: str
    inputs: tuple[Input, ...]
    tensors: dict[str, Tensor]
    notes: list[str]
    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shapes.update((entry.name, entry.shape) for entry in self.inputs)

    def add(
        self,
        name: str,
        kind: str,
        inputs: Sequence[str],
        fields: Mapping[str, Value],
        parameters: Sequence[Value],
        called: str,
    ) -> None:
        """Append a block.

        Args:
            name: of the node.
            inputs: nodes or inputs of the network, all known.
            called: what MatConvNet calls the output.

        Raises:
            GraphError: naming the node, if it is not understood or does not fit.
        """
        block = Block(name, kind, fields, parameters, [self.shapes[each] for each in inputs])
        found = operation(block)
        tensors = {role: f"{name}.{role}" for role in found.tensors}
        node = Node(
            name,
            found.op,
            tuple(inputs[: found.reads]),
            found.attributes,
            tensors,
            names={"matconvnet": called},
        )
        if name in self.shapes or len(self.nodes) >= MOST_NODES:
            raise GraphError(
                f"two nodes are called {name[:80]!r}"
                if name in self.shapes
                else f"the graph has more than {MOST_NODES} nodes"
            )
        shapes = {role: tensor.shape for role, tensor in found.tensors.items()}
        op = OPS[node.op]
        op.check(node)
        given = [self.shapes[each] for each in node.inputs]
        self.shapes[name] = op.output_shape(node, given, shapes)
        self.tensors.update((tensors[role], tensor) for role, tensor in found.tensors.items())
        self.nodes.append(node)

    def finished(self) -> ReadNetwork:
        """The network and its tensors.

        Raises:
            GraphError: if it is not one that can be computed.
        """
        network = Network(
            name=self.path.stem,
            inputs=self.inputs,
            nodes=tuple(self.nodes),
            tensors={name: tensor.shape for name, tensor in self.tensors.items()},
            aliases=self.aliases,
            origin=self.origin,
        )
        return ReadNetwork(
            checked(network), LazyMapping(self.tensors, self._load), tuple(self.notes)
        )

    def _load(self, name: str) -> npt.NDArray[np.float32]:
        with reading(self.path, KIND, "network"):
            return self.tensors[name].load()
