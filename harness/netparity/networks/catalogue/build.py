"""Appends nodes to a network and keeps the shape of every output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netparity.networks.graph import Input, Network, Node, Preprocessing, Shape
from netparity.networks.ops import OPS

IMAGE = "input"


class Builder:
    """Appends nodes; each reads the last one unless `inputs` says otherwise.

    Every method that appends a node returns the node's name.

    Attributes:
        last: name of the last node.
        shapes: the output's shape of the input and of each node.
    """

    def __init__(self, shape: Shape) -> None:
        self.nodes: list[Node] = []
        self.tensors: dict[str, Shape] = {}
        self.shapes: dict[str, Shape] = {IMAGE: shape}
        self.last = IMAGE

    @property
    def shape(self) -> Shape:
        """The shape of the last output."""
        return self.shapes[self.last]

    def add(
        self,
        name: str,
        op: str,
        *,
        inputs: Sequence[str] | str | None = None,
        tensors: Mapping[str, Shape] | None = None,
        parameters: str | None = None,
        inner: bool = False,
        names: Mapping[str, str] | None = None,
        **attributes: Any,
    ) -> str:
        """Append any node.

        Args:
            tensors: role to shape.
            parameters: the first part of the tensors' names; the node's name by default.

        Raises:
            GraphError: if the shapes do not fit.
        """
        if inputs is None or isinstance(inputs, str):
            inputs = (inputs or self.last,)
        shapes = dict(tensors or {})
        stored = {role: f"{parameters or name}.{role}" for role in shapes}
        node = Node(name, op, tuple(inputs), attributes, stored, inner, names or {})
        given = [self.shapes[source] for source in node.inputs]
        self.shapes[name] = OPS[op].output_shape(node, given, shapes)
        self.tensors |= {stored[role]: shape for role, shape in shapes.items()}
        self.nodes.append(node)
        self.last = name
        return name

    def conv(
        self,
        name: str,
        units: int,
        window: int,
        *,
        stride: int = 1,
        pads: int | tuple[int, int, int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        inputs: str | None = None,
        **rest: Any,
    ) -> str:
        """A convolution with square windows; `units` are the output channels."""
        channels = self.shapes[inputs or self.last][2]
        tensors: dict[str, Shape] = {"kernel": (window, window, channels // groups, units)}
        if bias:
            tensors["bias"] = (units,)
        attributes: dict[str, Any] = {"pads": _four(pads)} if pads else {}
        if stride != 1:
            attributes["strides"] = (stride, stride)
        if groups != 1:
            attributes["groups"] = groups
        return self.add(name, "conv", inputs=inputs, tensors=tensors, **attributes, **rest)

    def dense(self, name: str, units: int, **rest: Any) -> str:
        """A dense layer that reads the whole map, or a vector as a map of one place."""
        shape = self.shape if len(self.shape) == 3 else (1, 1, *self.shape)
        tensors = {"kernel": (*shape, units), "bias": (units,)}
        return self.add(name, "dense", tensors=tensors, **rest)

    def pool(
        self,
        name: str,
        window: int,
        stride: int,
        *,
        op: str = "max_pool",
        pads: int | tuple[int, int, int, int] = 0,
        **rest: Any,
    ) -> str:
        """A pool with square windows, of the maximum unless `op` says otherwise."""
        attributes: dict[str, Any] = {"window": (window, window), "strides": (stride, stride)}
        if any(_four(pads)):
            attributes["pads"] = _four(pads)
        return self.add(name, op, **attributes, **rest)

    def batch_norm(self, name: str, epsilon: float, **rest: Any) -> str:
        """A batch normalisation of each channel, with scale and bias."""
        roles = ("mean", "variance", "scale", "bias")
        tensors = dict.fromkeys(roles, self.shape[-1:])
        return self.add(name, "batch_norm", tensors=tensors, epsilon=epsilon, **rest)

    def lrn(
        self, name: str, size: int, kappa: float, alpha: float, beta: float, **rest: Any
    ) -> str:
        """Local response normalisation; the arguments are in MatConvNet's order."""
        return self.add(name, "lrn", size=size, kappa=kappa, alpha=alpha, beta=beta, **rest)

    def network(
        self,
        name: str,
        preprocessing: Preprocessing,
        default_features: tuple[str, ...],
        aliases: Mapping[str, str] | None = None,
    ) -> Network:
        """The network of all the nodes."""
        return Network(
            name=name,
            inputs=(Input(IMAGE, self.shapes[IMAGE], preprocessing),),
            nodes=tuple(self.nodes),
            tensors=self.tensors,
            aliases=aliases or {},
            default_features=default_features,
        )


def _four(pads: int | tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Pads at the top, bottom, left and right."""
    return (pads, pads, pads, pads) if isinstance(pads, int) else pads


def ceil_pads(shape: Shape, window: int, stride: int) -> tuple[int, int, int, int]:
    """Padding with which a last, incomplete window of a pool counts, as in Caffe.

    Caffe rounds the number of windows up. MatConvNet's importer writes the rows and columns that
    the last window lacks as padding at the bottom and right, which a maximum ignores; where no
    window reaches them, its padding is without effect, and left out here.
    """
    bottom, right = (-(size - window) % stride for size in shape[:2])
    return (0, bottom, 0, right)
