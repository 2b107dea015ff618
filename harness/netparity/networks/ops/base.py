"""What every operation says about itself, and how a node is computed.

An operation is a file in this folder and one line in `__init__.py`. Arrays are N x the shape of one
image; channels are the last axis.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from netparity.networks.node import GraphError, Node, Shape
from netparity.networks.ops.how import RIGHT, Array, How
from netparity.networks.rounding import rounded

__all__ = [
    "OPERATION",
    "OPS",
    "REQUIRED",
    "RIGHT",
    "Array",
    "Elementwise",
    "Fits",
    "How",
    "Known",
    "Mistake",
    "Op",
    "Step",
    "Tensors",
    "always",
    "attribute_of",
    "run_step",
    "values_in",
    "wrong",
]

Tensors = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Step:
    """One node with everything that is needed to compute it.

    Attributes:
        inputs: N x shape each, in the precision of the computation.
        tensors: role to values, as they are stored.
        scratch: whether the first input is of no further use and may be overwritten.
        after: what is done to the output, in this order (a mistake's, for example).
    """

    node: Node
    inputs: tuple[Array, ...]
    tensors: Tensors
    how: How = RIGHT
    scratch: bool = False
    after: tuple[Callable[[Array], Array], ...] = ()

    def __getitem__(self, attribute: str) -> Any:
        """An attribute of the node, or the operation's default."""
        return attribute_of(OPS[self.node.op], self.node, attribute)

    def with_attributes(self, **changes: Any) -> Step:
        """The same step with other attributes."""
        attributes = {**self.node.attributes, **changes}
        return replace(self, node=replace(self.node, attributes=attributes))

    def with_op(self, op: str, **attributes: Any) -> Step:
        """The same inputs given to another operation."""
        return replace(self, node=replace(self.node, op=op, attributes=attributes))

    def with_tensor(self, role: str, values: npt.NDArray[np.float32] | None) -> Step:
        """The same step with another tensor, or without it."""
        tensors = {name: tensor for name, tensor in self.tensors.items() if name != role}
        if values is not None:
            tensors[role] = values
        return replace(self, tensors=tensors)

    def finished_by(self, change: Callable[[Array], Array]) -> Step:
        """The same step with a change of its output."""
        return replace(self, after=(*self.after, change))


@dataclass(frozen=True)
class Known:
    """The shapes around a node, by which a mistake decides whether a node can have it.

    Attributes:
        inputs: shape of each input.
        tensors: role to shape.
        output: shape of the output.
        readers: the operations that read the output.
        before: the operation of each input; `input` for the network's.
    """

    inputs: tuple[Shape, ...]
    tensors: Mapping[str, Shape]
    output: Shape
    readers: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


Fits = Callable[[Node, Known], bool]


def always(node: Node, known: Known) -> bool:
    """Every node can have the mistake."""
    return True


OPERATION = "operation"
"""What a mistake touches that puts another operation in the place of the right one."""


@dataclass(frozen=True)
class Mistake:
    """A way in which people compute a node wrongly.

    Attributes:
        key: its name, e.g. `kernels-rotated`; a key of `diagnosis.advice`.
        title: what is wrong, in words that can follow "conv1_1: ".
        make: the step with the mistake in it.
        fits: whether a node can have it.
        touches: the parts of the step that it changes; two mistakes that touch the same part are
            never made together, and one that touches the `operation` is made alone.
    """

    key: str
    title: str
    make: Callable[[Step], Step]
    fits: Fits = always
    touches: frozenset[str] = field(default_factory=frozenset)

    def joined_fits(self, other: Mistake) -> bool:
        """Whether both can be made at one node."""
        both = self.touches | other.touches
        return OPERATION not in both and not self.touches & other.touches


class Op(ABC):
    """One operation.

    Attributes:
        key: what nodes call it.
        title: in words, for tables and messages.
        defaults: every attribute with its default; `REQUIRED` where there is none.
        roles: the tensors that it must have.
        optional_roles: the tensors that it can have.
        inputs: fewest and most inputs.
        contracting: whether it never increases a difference (Lipschitz constant at most 1), so
            that the error bound of what it reads holds for its output too.
        parametric: whether a node of it counts as a layer with weights.
        mistakes: what people get wrong about it, the likeliest first.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    defaults: ClassVar[Mapping[str, Any]] = {}
    roles: ClassVar[tuple[str, ...]] = ()
    optional_roles: ClassVar[tuple[str, ...]] = ()
    inputs: ClassVar[tuple[int, int]] = (1, 1)
    contracting: ClassVar[bool] = False
    mistakes: ClassVar[tuple[Mistake, ...]] = ()

    def check(self, node: Node) -> None:
        """Refuse what is not this operation: numbers of inputs, attributes, tensors.

        Raises:
            GraphError: naming the node.
        """
        least, most = self.inputs
        if not least <= len(node.inputs) <= most:
            expected = f"{least}" if least == most else f"{least} to {most}"
            raise wrong(node, f"has {len(node.inputs)} inputs, expected {expected}")
        for attribute in node.attributes:
            if attribute not in self.defaults:
                raise wrong(node, f"has an attribute {attribute[:80]!r} that is not known")
        for attribute, value in self.defaults.items():
            if value is REQUIRED and attribute not in node.attributes:
                raise wrong(node, f"lacks its attribute {attribute!r}")
        for role in self.roles:
            if role not in node.tensors:
                raise wrong(node, f"lacks its {role}")
        for role in node.tensors:
            if role not in (*self.roles, *self.optional_roles):
                raise wrong(node, f"has a tensor {role[:80]!r} that is not known")
        self.check_attributes(node)

    def check_attributes(self, node: Node) -> None:  # noqa: B027
        """Refuse values of attributes that make no sense.

        Raises:
            GraphError: naming the node, the attribute and its value.
        """

    @abstractmethod
    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The shape of one image's output.

        Raises:
            GraphError: naming the node, if the shapes do not fit.
        """

    @abstractmethod
    def compute(self, step: Step) -> Array:
        """The output in the precision of the inputs. `run_step` rounds and finishes it."""

    def magnitude(self, step: Step) -> tuple[int, Array] | None:
        """The number of terms of each sum and the sum of their magnitudes; None without sums.

        From both follows an upper bound on the rounding error in any order of summation (Higham,
        Accuracy and Stability of Numerical Algorithms, 2nd edition, lemma 3.1).
        """
        return None

    def flops(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape], output: Shape
    ) -> int:
        """Multiplications and additions in its products, counted separately, for one image.

        Padding counts as image. Biases, activations and pools are not counted.
        """
        return 0


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Any = _Required()
"""In place of a default: the attribute must be given."""


OPS: dict[str, Op] = {}
"""Every operation by the key that nodes use; `ops/__init__.py` fills it."""


def attribute_of(op: Op, node: Node, attribute: str) -> Any:
    """An attribute of a node, or the operation's default."""
    value = node.attributes.get(attribute, op.defaults[attribute])
    assert value is not REQUIRED, f"{node.name}: {attribute}"
    return value


def wrong(node: Node, problem: str) -> GraphError:
    """An error that names the node and its operation."""
    return GraphError(f"node {node.name[:80]!r} ({node.op}) {problem}")


def run_step(step: Step) -> Array:
    """Compute one node in the precision of its inputs.

    Returns:
        N x the node's shape.
    """
    values = OPS[step.node.op].compute(step)
    for change in step.after:
        values = change(values)
    how = step.how
    return values if step.node.op in how.wide_results else rounded(values, how.storage)


def values_in(shape: Sequence[int]) -> int:
    """The number of values of a shape."""
    return math.prod(shape)


class Elementwise(Op):
    """An operation whose output has its input's shape."""

    def output_shape(
        self, node: Node, inputs: Sequence[Shape], tensors: Mapping[str, Shape]
    ) -> Shape:
        """The input's."""
        return tuple(inputs[0])
