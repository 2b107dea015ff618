"""What a tensor of an ONNX file is computed from, a few nodes back."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from netparity.networks.reading.onnx.calls import Call, shortest

if TYPE_CHECKING:
    from onnx import NodeProto

    from netparity.networks.reading.onnx.constants import Constant

OWN = ("", "ai.onnx")
"""The domain of ONNX's own operations."""

Option = TypeVar("Option")

_MOST_FACTORS = 8
_PASSED = ("Cast", "CastLike", "Identity", "Expand")


@dataclass(frozen=True)
class Pattern:
    """What several nodes compute together.

    Attributes:
        op: of the graph.
        source: the tensor that they read.
        attributes: of the graph's node; `axes` are those of the file's tensor.
        tensors: role to a constant of the file.
        inner: the outputs of the nodes that are not translated for themselves.
    """

    op: str
    source: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, str] = field(default_factory=dict)
    inner: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Product:
    """factor times the values of the terms."""

    factor: float
    terms: tuple[str, ...]


@dataclass
class Expressions:
    """A view of the nodes from their outputs backwards.

    Attributes:
        constants: by name, as far as they are stored in the file.
        visited: the outputs of the nodes that have been looked through since `start`.
    """

    nodes: Sequence[NodeProto]
    constants: Mapping[str, Constant]
    outputs: frozenset[str]
    visited: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._made_by = {
            name: node for node in self.nodes if node.domain in OWN for name in node.output
        }
        self._readers: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes:
            for name in node.input:
                self._readers[name].add(node.output[0] if node.output else "")

    def start(self) -> None:
        """Forget what has been looked through."""
        self.visited = set()

    def each(self, options: Iterable[Option]) -> Iterator[Option]:
        """Try one after the other; what a failed one looked through is forgotten."""
        before = set(self.visited)
        for option in options:
            self.visited = set(before)
            yield option

    def orders(self, first: str, second: str) -> Iterator[tuple[str, str]]:
        """Two inputs in both orders, tried one after the other."""
        return self.each(((first, second), (second, first)))

    def closed(self, end: str) -> bool:
        """Whether what has been looked through is read by nothing else on the way to `end`."""
        inside = self.visited | {end}
        return all(
            name not in self.outputs and self._readers[name] <= inside
            for name in self.visited - {end}
        )

    def maker(self, name: str, *operations: str) -> NodeProto | None:
        """The node that makes a tensor, if it is one of these operations; casts are passed."""
        node = self._made_by.get(name)
        passed: list[str] = []
        while node is not None and node.op_type in _PASSED and len(passed) < _MOST_FACTORS:
            passed.append(node.output[0])
            node = self._made_by.get(node.input[0]) if node.input else None
        if node is None or node.op_type not in operations or not node.input:
            return None
        self.visited.update([*passed, node.output[0]])
        return node

    def beyond_casts(self, name: str) -> str:
        """The tensor that casts and copies have made this one from."""
        for _ in range(_MOST_FACTORS):
            node = self._made_by.get(name)
            if node is None or node.op_type not in ("Cast", "CastLike", "Identity"):
                break
            name = node.input[0] if node.input else ""
        return name

    def beyond_reshapes(self, name: str) -> str:
        """The tensor that a Reshape has made this one from.

        A mean whose axes are kept is only reshaped to another order of axes of one value.
        """
        node = self._made_by.get(name)
        if node is None or node.op_type != "Reshape" or not node.input:
            return name
        self.visited.add(name)
        return str(node.input[0])

    def same(self, *names: str) -> bool:
        """Whether these are one tensor, but for casts."""
        return len({self.beyond_casts(name) for name in names}) == 1

    def constant(self, name: str) -> Constant | None:
        """A stored constant."""
        return self.constants.get(self.beyond_casts(name))

    def scalar(self, name: str) -> float | None:
        """A constant of one value."""
        constant = self.constant(name)
        if constant is None or constant.size != 1 or constant.dtype.kind not in "fiu":
            return None
        return shortest(float(constant.fetch().ravel()[0]))

    def split(self, node: NodeProto) -> tuple[str, float] | None:
        """The activation and the number that a node of two inputs combines."""
        if len(node.input) != 2:
            return None
        for name, other in (tuple(node.input), tuple(node.input)[::-1]):
            value = self.scalar(other)
            if value is not None and self.scalar(name) is None:
                return name, value
        return None

    def product(self, node: NodeProto) -> Product:
        """The factors that a Mul or Div multiplies, those of its inputs with it."""
        factor, terms, waiting = 1.0, list[str](), [node]
        nodes = 0
        while waiting:
            current, nodes = waiting.pop(), nodes + 1
            if nodes > _MOST_FACTORS:
                return Product(math.nan, ())
            self.visited.add(current.output[0])
            for position, name in enumerate(current.input):
                divides = current.op_type == "Div" and position == 1
                value = self.scalar(name)
                if value is not None:
                    factor = factor / value if divides and value else factor * value
                elif divides:
                    return Product(math.nan, ())
                elif (inner := self._part(name)) is not None:
                    waiting.append(inner)
                else:
                    terms.append(name)
        return Product(factor, tuple(terms))

    def _part(self, name: str) -> NodeProto | None:
        """The Mul or Div that makes a tensor for one reader."""
        node = self._made_by.get(name)
        if node is None or node.op_type not in ("Mul", "Div") or len(self._readers[name]) != 1:
            return None
        return None if name in self.outputs else node

    def bounds(self, node: NodeProto) -> tuple[float | None, float | None]:
        """The bounds of a Clip."""
        call = Call(node, 0, (), 1)
        low, high = call.attribute("min"), call.attribute("max")
        if len(node.input) > 1 and node.input[1]:
            low = self.scalar(node.input[1])
        if len(node.input) > 2 and node.input[2]:
            high = self.scalar(node.input[2])
        return low, high

    def axes(self, node: NodeProto) -> tuple[int, ...] | None:
        """The axes of a reduction that keeps them as axes of one value."""
        call = Call(node, 0, (), 1)
        axes = call.attribute("axes", ())
        if len(node.input) > 1 and node.input[1]:
            constant = self.constant(node.input[1])
            if constant is None or constant.size > 16 or constant.dtype.kind not in "iu":
                return None
            axes = constant.numbers()
        return tuple(axes) if axes and call.attribute("keepdims", 1) else None


def near(value: float | None, expected: float) -> bool:
    """Whether a number is another one, up to the rounding of float16."""
    return value is not None and math.isclose(value, expected, rel_tol=1e-3)
