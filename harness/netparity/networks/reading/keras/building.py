"""The graph in the making, and values in the order of axes that Keras has for them.

A graph's arrays are height x width x channels. In a model with `channels_first`, Keras's axes are
channels, height and width, so a value also says which of the graph's axes each of Keras's is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.files.stored import Stored
from netparity.networks.checking import MOST_NODES
from netparity.networks.node import MOST_RANK, GraphError, Node, Shape, refuse_size
from netparity.networks.ops import OPS

Array = npt.NDArray[np.floating[Any]]
Change = Callable[[Array], Array]


@dataclass(frozen=True)
class Value:
    """The output of a node, or an input.

    Attributes:
        name: of the node.
        shape: as the graph has it.
        order: for each of Keras's axes, which of the graph's axes it is.
    """

    name: str
    shape: Shape
    order: tuple[int, ...]

    @property
    def keras_shape(self) -> Shape:
        """The shape as Keras has it."""
        return tuple(self.shape[axis] for axis in self.order)

    @property
    def plain(self) -> bool:
        """Whether both have the same order."""
        return self.order == tuple(range(len(self.shape)))


@dataclass(frozen=True)
class Tensor:
    """One tensor: its shape in the graph, and how it is read."""

    shape: Shape
    load: Callable[[], Array]


def of_file(stored: Stored, change: Change | None = None) -> Tensor:
    """An array of the file, changed into the graph's layout if need be."""
    # The change of an array that takes no memory says what shape it will have.
    like = np.broadcast_to(np.float32(0), stored.shape)
    shape = like.shape if change is None else change(like).shape

    def load() -> Array:
        values: Array = np.asarray(stored.load(), dtype=np.float32)
        return values if change is None else np.ascontiguousarray(change(values))

    return Tensor(tuple(shape), load)


def constant(values: Any) -> Tensor:
    """Numbers that the configuration states."""
    array = np.atleast_1d(np.asarray(values, dtype=np.float32))
    return Tensor(array.shape, lambda: array)


class Builder:
    """Nodes and tensors, one after another, each checked when it is added."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.tensors: dict[str, Tensor] = {}
        self.notes: dict[str, None] = {}
        self.powers: dict[str, tuple[Value, float]] = {}  # not nodes: see `local_response`
        self.dropped: set[str] = set()
        self.bands: dict[str, dict[str, Any] | None] = {}
        self.picks: dict[str, tuple[Value, int]] = {}  # a place along an axis, by the node
        self.scalings: set[str] = set()  # nodes that scale values or choose channels

    def note(self, text: str) -> None:
        """Something that the user should know, said once."""
        self.notes[text] = None

    def add(
        self,
        name: str,
        op: str,
        inputs: Sequence[Value],
        attributes: Mapping[str, Any] | None = None,
        tensors: Mapping[str, Tensor] | None = None,
        *,
        owner: str | None = None,
        inner: bool = False,
        order: tuple[int, ...] | None = None,
    ) -> Value:
        """Add a node.

        Args:
            tensors: by role; they are stored as OWNER.ROLE.
            owner: the name under which tensors are stored, the node's own if it is not given.
            order: of the output's axes; the first input's if it is not given.

        Raises:
            GraphError: if it does not fit.
        """
        if len(self.nodes) >= MOST_NODES:
            raise GraphError(f"the model has more than {MOST_NODES} nodes, which is the limit")
        if op not in OPS:
            raise GraphError(f"node {name!r}: netparity has no operation {op!r}")
        stored = {}
        for role, tensor in (tensors or {}).items():
            stored[role] = f"{owner or name}.{role}"
            refuse_size(f"tensor {stored[role]!r}", tensor.shape)
            self.tensors.setdefault(stored[role], tensor)
        given = tuple(value.name for value in inputs)
        node = Node(name, op, given, dict(attributes or {}), stored, inner)
        OPS[op].check(node)
        shapes = {role: tensor.shape for role, tensor in (tensors or {}).items()}
        shape = tuple(OPS[op].output_shape(node, [value.shape for value in inputs], shapes))
        refuse_size(f"node {name!r} ({op})", shape)
        self.nodes.append(node)
        if order is None:
            same = len(shape) == len(inputs[0].order)
            order = inputs[0].order if same else tuple(range(len(shape)))
        return Value(name, shape, order)

    def arranged(self, name: str, value: Value, order: Sequence[int], inner: bool = True) -> Value:
        """The value with Keras's axes at these places of the graph's, transposed if need be."""
        order = tuple(order)
        if value.order == order:
            return value
        if len(order) > MOST_RANK:
            raise GraphError(f"node {name!r}: its input has {len(order)} axes")
        # The graph's axis order[i] is to be Keras's axis i, which is now at value.order[i].
        places = tuple(value.order[order.index(axis)] for axis in range(len(order)))
        made = self.add(name, "transpose", [value], {"order": places}, inner=inner)
        return replace(made, order=order)
