"""The network that grows while the layers of a file are translated one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.node import Input, Node, Shape, refuse_size
from netparity.networks.ops import OPS
from netparity.networks.reading.caffe.layers import Layer
from netparity.networks.reading.caffe.message import WrongError, product

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Tensor:
    """A tensor of the network.

    Attributes:
        load: reads its values; None if the file has none.
    """

    shape: Shape
    load: Callable[[], Array] | None = None


@dataclass(frozen=True)
class Value:
    """The output of a node or an input of the network.

    Attributes:
        shape: height x width x channels, or channels alone for Caffe's N x C.
    """

    node: str
    shape: Shape

    @property
    def sizes(self) -> Shape:
        """One image's shape in Caffe: channels x height x width, or channels."""
        return (self.shape[-1], *self.shape[:-1])

    @property
    def rank(self) -> int:
        """The number of axes of Caffe's blob, that of the images among them."""
        return len(self.shape) + 1


@dataclass
class Assembly:
    """Nodes and tensors, and what each blob holds at the moment.

    Attributes:
        values: by the blob's name; None for labels and losses.
        is_deploy: whether the file states a network for prediction, not for training.
        images: how many images the file's input has, if it says so.
    """

    is_deploy: bool
    inputs: list[Input] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    values: dict[str, Value | None] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    images: int | None = None

    def read(self, layer: Layer, count: int = 1) -> list[Value]:
        """The values of a layer's bottoms, of which there must be so many.

        Raises:
            WrongError: if there are more or fewer, or one of them is a label.
        """
        values = self.read_all(layer)
        if len(values) != count:
            raise WrongError(f"reads {len(values)} blobs, expected {count}")
        return values

    def read_all(self, layer: Layer) -> list[Value]:
        """The values of all of a layer's bottoms.

        Raises:
            WrongError: if there is none, or one of them is a label.
        """
        found = []
        for name in layer.bottoms:
            value = self.values.get(name)
            if value is None:
                raise WrongError(f"reads the blob {name[:80]!r}, which holds labels or losses")
            found.append(value)
        if not found:
            raise WrongError("reads no blob")
        return found

    def add(
        self,
        layer: Layer,
        op: str,
        inputs: Sequence[Value],
        attributes: Mapping[str, Any] | None = None,
        tensors: Mapping[str, Tensor] | None = None,
        suffix: str = "",
        name: str = "",
    ) -> Value:
        """Add a node.

        Args:
            suffix: of its name, for one of several nodes that a layer becomes; it is an inner one.
            name: in place of the layer's.

        Raises:
            GraphError: if shapes or attributes do not fit.
        """
        name = self.free_name(name or f"{layer.name}{suffix}")
        roles = {role: f"{name}.{role}" for role in tensors or {}}
        sources = tuple(value.node for value in inputs)
        node = Node(name, op, sources, dict(attributes or {}), roles, inner=bool(suffix))
        shapes = {role: tensor.shape for role, tensor in (tensors or {}).items()}
        for role, shape in shapes.items():
            refuse_size(f"node {name[:80]!r} ({op}): its {role}", shape)
        OPS[op].check(node)
        shape = OPS[op].output_shape(node, [value.shape for value in inputs], shapes)
        refuse_size(f"node {name[:80]!r} ({op})", shape)
        self.tensors |= {roles[role]: tensor for role, tensor in (tensors or {}).items()}
        self.nodes[name] = node
        return Value(name, shape)

    def free_name(self, wanted: str) -> str:
        """A name that no node and no input has."""
        name, number = wanted, 2
        taken = {entry.name for entry in self.inputs}
        while name in self.nodes or name in taken:
            name, number = f"{wanted}_{number}", number + 1
        return name


def weights(
    layer: Layer, place: int, sizes: Shape, arranged: Callable[[Array], Array], shape: Shape
) -> Tensor:
    """A layer's blob as a tensor.

    Args:
        place: of the blob in the layer's list.
        sizes: the shape that Caffe's blob must have, but for axes of one value.
        arranged: from Caffe's shape to the tensor's.
        shape: of the tensor.

    Raises:
        WrongError: if the blob is missing or has another shape.
    """
    if not layer.has_weights:
        return Tensor(shape)
    if place >= len(layer.blobs):
        raise WrongError(f"has {len(layer.blobs)} blobs of weights, expected at least {place + 1}")
    blob = layer.blobs[place]
    if not _same_values(blob.shape, sizes):
        raise WrongError(
            f"has weights of the shape {product(blob.shape)}, expected {product(sizes)}"
        )
    return Tensor(shape, lambda: np.ascontiguousarray(arranged(blob.load().reshape(sizes))))


def _same_values(first: Shape, second: Shape) -> bool:
    """Whether two shapes list the same values in the same order, output by output.

    Older files have further axes of one value, and the kernels of a dense layer are those of a
    convolution as large as its input.
    """
    a, b = ([size for size in shape if size != 1] for shape in (first, second))
    flat = math.prod(a) == math.prod(b) and a[:1] == b[:1] and 2 in (len(a), len(b))
    return a == b or flat


def vector(layer: Layer, place: int, count: int) -> Tensor:
    """A blob of so many values as it is."""
    return weights(layer, place, (count,), lambda values: values, (count,))


def constant(value: float) -> Tensor:
    """A number as a tensor."""
    return Tensor((1,), lambda: np.full(1, value, np.float32))


def axis_of(value: Value, axis: int) -> int:
    """An axis of Caffe's blob counted from the first.

    Raises:
        WrongError: if the blob has no such axis.
    """
    if not -value.rank <= axis < value.rank:
        raise WrongError(f"works on axis {axis} of a blob of {value.rank} axes")
    return axis % value.rank


def own_axis(value: Value, axis: int) -> int:
    """The axis of netparity's shape that is an axis of Caffe's blob.

    Raises:
        WrongError: if it counts the images.
    """
    place = axis_of(value, axis)
    if place == 0:
        raise WrongError("works along the axis that counts the images")
    return len(value.shape) - 1 if place == 1 else place - 2
