"""A network that is being turned into MatConvNet's layers.

Every node becomes a layer whose output has the node's name, or its name in MatConvNet. MatConvNet
has maps only: a vector of K values is 1 x 1 x K, and a flattened map stays the map that it was
(`Flat`) until a dense layer, which is a convolution there, reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import Network
from netparity.networks.matconvnet.layers import Fields, McnLayer, Parameter
from netparity.networks.node import Node, Shape
from netparity.networks.ops import OPS
from netparity.networks.ops.base import attribute_of

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]
IN_ORDER = (0, 1, 2)


@dataclass(frozen=True)
class Flat:
    """A vector that is still the map which it was read from, in this order of axes."""

    shape: Shape
    order: tuple[int, ...]


@dataclass
class Lowered:
    """A network's layers, as they are made.

    Attributes:
        variables: input or node to the name of its variable.
        flats: nodes whose variable is a map that still has to be read as a vector.
        done: inputs and nodes that are computed.
        taken: names of variables.
    """

    network: Network
    tensors: Tensors
    variables: Mapping[str, str]
    layers: list[McnLayer] = field(default_factory=list)
    flats: dict[str, Flat] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    @property
    def names(self) -> dict[str, str]:
        """Node to variable.

        A map that MatConvNet does not flatten, and whose values are wanted in another order than
        H, W, C, is called `flatten as C,H,W`, for example: the .m script knows this form.
        """
        return {node.name: self._name(node) for node in self.network.nodes}

    def _name(self, node: Node) -> str:
        name, flat = self.variables[node.name], self.flats.get(node.name)
        if flat is None or flat.order == IN_ORDER:
            return name
        return f"{name} as {','.join('HWC'[axis] for axis in flat.order)}"

    def shape(self, name: str) -> Shape:
        """The shape in MatConvNet of what a node or input holds: height, width and channels."""
        if name in self.flats:
            return self.flats[name].shape
        shape = self.network.shapes[name]
        return shape if len(shape) == 3 else (1, 1, *shape)

    def attribute(self, node: Node, name: str) -> Any:
        """An attribute of a node, or the operation's default."""
        return attribute_of(OPS[node.op], node, name)

    def tensor(self, node: Node, role: str) -> npt.NDArray[np.float32]:
        """The values of a tensor."""
        return np.asarray(self.tensors[node.tensors[role]], np.float32)

    def tensor_shape(self, node: Node, role: str) -> Shape:
        """The shape of a tensor."""
        return self.network.tensors[node.tensors[role]]

    def aligned(self, node: Node, role: str) -> Shape:
        """The shape of a tensor with three axes, as NumPy aligns it with a map or a vector."""
        shape = self.tensor_shape(node, role)
        return (*(1,) * (3 - len(shape)), *shape)

    def fresh(self, node: Node, suffix: str) -> str:
        """A name that is not taken, for what is computed on the way to a node."""
        name = f"{self.variables[node.name]}_{suffix}"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def add(
        self,
        node: Node,
        kind: str,
        fields: Fields | None = None,
        parameters: tuple[Parameter, ...] = (),
        *,
        inputs: tuple[str, ...] | None = None,
        suffix: str = "",
    ) -> str:
        """Append a layer that computes a node, or with `suffix` a step on the way to it.

        Args:
            inputs: variables; the node's own inputs by default.

        Returns:
            Its variable.
        """
        name = self.fresh(node, suffix) if suffix else self.variables[node.name]
        given = tuple(self.variables[each] for each in node.inputs) if inputs is None else inputs
        self.layers.append(McnLayer(name, kind, given, fields or {}, parameters))
        return name
