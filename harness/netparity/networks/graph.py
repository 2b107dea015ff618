"""The network graph: operations with named tensors, in an order in which they can be computed.

A graph states its own structure, whatever tool it comes from. Shapes are those of one image: the
batch is not part of them, and channels are the last axis, so an image is height x width x channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from netparity.errors import UsageError
from netparity.networks.layers import Layer
from netparity.networks.node import (
    NOTHING,
    GraphError,
    Input,
    Node,
    Preprocessing,
    Shape,
    UnknownNodeError,
    refuse_size,
)
from netparity.networks.ops import OPS

__all__ = [
    "GraphError",
    "Input",
    "Network",
    "Node",
    "Preprocessing",
    "Shape",
    "UnknownNodeError",
    "layer_of",
]


@dataclass(frozen=True)
class Network:
    """A directed graph without circles.

    Attributes:
        inputs: what it is given.
        nodes: in an order in which they can be computed.
        tensors: name to shape, in the order in which they are stored.
        aliases: further names of nodes.
        default_features: what is compared unless layers are named; empty for the last node.
        origin: the format that it was read from; empty for the catalogue.
    """

    name: str
    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    tensors: Mapping[str, Shape] = field(default_factory=lambda: NOTHING)
    aliases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    default_features: tuple[str, ...] = ()
    origin: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Every node by its name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The output's shape of every input and node.

        Raises:
            GraphError: if a node's inputs or tensors do not fit; the message names the node.
        """
        shapes: dict[str, Shape] = {entry.name: entry.shape for entry in self.inputs}
        for node in self.nodes:
            given = [shapes[name] for name in node.inputs]
            tensors = {role: self.tensors[name] for role, name in node.tensors.items()}
            shape = OPS[node.op].output_shape(node, given, tensors)
            refuse_size(f"node {node.name[:80]!r} ({node.op})", shape)
            shapes[node.name] = shape
        return shapes

    @cached_property
    def readers(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes that read each input or node."""
        found: dict[str, list[Node]] = {entry.name: [] for entry in self.inputs}
        for node in self.nodes:
            found[node.name] = []
            for name in dict.fromkeys(node.inputs):
                found[name].append(node)
        return {name: tuple(nodes) for name, nodes in found.items()}

    @cached_property
    def outputs(self) -> tuple[Node, ...]:
        """The nodes that no other node reads."""
        return tuple(node for node in self.nodes if not self.readers[node.name])

    @property
    def image(self) -> Input:
        """The network's only input.

        Raises:
            UsageError: if it has several.
        """
        if len(self.inputs) > 1:
            names = ", ".join(entry.name for entry in self.inputs)
            raise UsageError(
                f"{self.name} has {len(self.inputs)} inputs ({names}); a comparison takes "
                "networks with a single one"
            )
        return self.inputs[0]

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the image; 1 where the input has no such axis."""
        shape = (1, 1, *self.image.shape)[-3:]
        return shape[0], shape[1]

    @property
    def mean_rgb(self) -> tuple[float, ...]:
        """The mean of red, green and blue in grey levels of 0 to 255; zeros if there is none."""
        given = self.image.preprocessing or Preprocessing()
        channels = self.image.shape[-1]
        mean = given.mean * channels if len(given.mean) == 1 else given.mean
        levels = tuple(value / given.scale for value in mean)
        return levels[::-1] if given.order == "BGR" else levels

    @cached_property
    def features(self) -> tuple[Node, ...]:
        """The nodes that `--layers all` compares: all but the inner ones."""
        return tuple(node for node in self.nodes if not node.inner)

    @cached_property
    def _resolved(self) -> Mapping[str, str]:
        """Every name that a user may give, the network's own names first."""
        found = {node.name: node.name for node in self.nodes}
        for alias, name in self.aliases.items():
            found.setdefault(alias, name)
        for node in self.nodes:
            for name in node.names.values():
                found.setdefault(name, node.name)
        return found

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The features as layers, each with its weights and its activation."""
        return tuple(layer_of(self, node) for node in self.features)

    @property
    def parametric_layers(self) -> tuple[Layer, ...]:
        """The layers that have a kernel, from input to output."""
        return tuple(layer for layer in self.layers if layer.parameters is not None)

    @property
    def parameter_shapes(self) -> Mapping[str, Shape]:
        """Name and shape of every tensor of the canonical weights, in stored order."""
        return self.tensors

    def layer(self, name: str) -> Layer:
        """The layer of `node(name)`.

        Raises:
            UnknownNodeError: if there is none.
        """
        return layer_of(self, self.node(name))

    def select(self, names: str) -> tuple[Layer, ...]:
        """The layers in a comma-separated list, or every layer for `all`; in network order.

        Raises:
            UnknownNodeError: if a name is unknown or the list is empty.
        """
        if names.strip() == "all":
            return self.layers
        wanted = {self.node(name.strip()).name for name in names.split(",") if name.strip()}
        if not wanted:
            raise UnknownNodeError(f"no layer in {names!r}; expected names such as fc6,fc7, or all")
        return tuple(layer_of(self, node) for node in self.nodes if node.name in wanted)

    def node(self, name: str) -> Node:
        """The node with this name here or in any tool (`fc6`, `fc1` and `relu6` are the same).

        Raises:
            UnknownNodeError: if there is none; the message names similar ones, or all.
        """
        node = self.find(name)
        if node is None:
            raise UnknownNodeError(f"{self.name} has no layer {name[:80]!r}; {self._known(name)}")
        return node

    def find(self, name: str) -> Node | None:
        """The node with this name here or in any tool; None if there is none."""
        resolved = self._resolved.get(name) or self._lower.get(name.lower())
        return None if resolved is None else self.by_name[resolved]

    @cached_property
    def _lower(self) -> Mapping[str, str]:
        """The same names without capitals; of two that are then equal the first."""
        return {known.lower(): node for known, node in reversed(list(self._resolved.items()))}

    def _known(self, name: str) -> str:
        names = [node.name for node in self.features]
        if len(names) <= _MOST_LISTED:
            return f"its layers are {', '.join(names)}"
        from difflib import get_close_matches

        near = get_close_matches(name, names, n=5, cutoff=0.4) or [*names[:3], "...", names[-1]]
        return (
            f"of its {len(names)} layers the nearest are {', '.join(near)} "
            "(netparity network show lists them all)"
        )

    def owner(self, node: Node) -> str:
        """The name under which a node is shown: for an inner one, that of the layer it is in."""
        while node.inner:
            readers = self.readers[node.name]
            if len(readers) != 1:
                break
            node = readers[0]
        return node.name


_MOST_LISTED = 40


_KINDS = {"max_pool": "pool", "average_pool": "pool"}


def layer_of(network: Network, node: Node) -> Layer:
    """The layer with this node's output."""
    before = network.by_name.get(node.inputs[0]) if len(node.inputs) == 1 else None
    main = before if before is not None and before.inner else node
    linear = main if "kernel" in main.tensors else None
    kernel = linear.tensors["kernel"] if linear is not None else None
    inputs = {entry.name for entry in network.inputs}
    return Layer(
        name=node.name,
        kind=_KINDS.get(main.op, main.op),
        activation=None if main is node else node.op,
        parameters=None if kernel is None else kernel.removesuffix(".kernel"),
        kernel_shape=None if kernel is None else network.tensors[kernel],
        input_shape=network.shapes[main.inputs[0]],
        output_shape=network.shapes[node.name],
        names=node.names,
        takes_image=bool(inputs & set(main.inputs)),
        node=node,
        linear=linear,
    )
