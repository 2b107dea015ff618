"""One node of an ONNX file with its inputs, from which a node of the graph is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from netparity.networks.node import GraphError
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.rows import Rows
from netparity.networks.reading.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto

Result: TypeAlias = "Value | Constant | Rows"
Results: TypeAlias = "Result | Sequence[Result]"


def shortest(value: float) -> float:
    """The shortest decimal that is this float32: 1e-05, not 9.999999747378752e-06."""
    return float(str(np.float32(value)))


def wrong(node: NodeProto, problem: str) -> GraphError:
    """An error that names a node and its operation."""
    op = node.op_type[:40]
    operation = op if op.isidentifier() else repr(op)
    return GraphError(f"node {label_of(node)!r} ({operation}) {problem[:_LONGEST]}")


def label_of(node: NodeProto) -> str:
    """What messages call a node: its name, or its first output's."""
    return str(node.name or next(iter(node.output), ""))[:80]


_LONGEST = 300
"""Of a problem's description: an attribute may be a very long list."""


class Call:
    """A node's operation, attributes and inputs.

    Every attribute that is read is removed, so that `finish` finds those that are not understood.

    Attributes:
        op: the operation, in ONNX's spelling.
        version: of the operator set (opset).
        inputs: None for an optional one that is left out.
        outputs: the names of its outputs.
        rows: the first input as the file has it, if its axes are merged; `inputs` then has the
            activation itself.
        attributes: those that have not been read yet.
    """

    def __init__(
        self, node: NodeProto, version: int, inputs: Sequence[Result | None], images: int
    ) -> None:
        self.node, self.version, self.images = node, version, images
        self.op: str = node.op_type
        self.rows = next((given for given in inputs if isinstance(given, Rows)), None)
        self.inputs = tuple(given.value if isinstance(given, Rows) else given for given in inputs)
        self.outputs = tuple(node.output)
        self.attributes = {attribute.name: attribute for attribute in node.attribute}

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute's value: a number, a tuple of numbers, a text; the default if not given.

        Raises:
            GraphError: if it has another type than its default.
        """
        if name not in self.attributes:
            return default
        from onnx import helper

        try:
            value = helper.get_attribute_value(self.attributes.pop(name))
        except Exception as error:  # the package raises many types
            raise self.wrong(f"has an attribute {name!r} that cannot be read") from error
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        elif not isinstance(value, int | float | str):
            try:
                value = tuple(value)
            except TypeError:
                raise self.wrong(f"has an attribute {name!r} that is not a number") from None
        if isinstance(value, float):
            value = shortest(value)
        expected = (int, float) if isinstance(default, float) else type(default)
        if default is not None and not isinstance(value, expected):
            raise self.wrong(f"has an attribute {name!r} {value!r} of the wrong type")
        return value

    def whole(self, name: str, count: int, default: tuple[int, ...] | None) -> tuple[int, ...]:
        """An attribute of so many whole numbers."""
        value = self.attribute(name, default)
        fits = isinstance(value, tuple) and len(value) == count
        if not fits or not all(isinstance(number, int) for number in value):
            raise self.wrong(f"has {name} {value!r}, expected {count} whole numbers")
        return tuple(value)

    def ignore(self, *names: str) -> None:
        """Remove attributes that do not change what is computed."""
        for name in names:
            self.attributes.pop(name, None)

    def finish(self) -> None:
        """Refuse attributes that have not been read.

        Raises:
            GraphError: naming the first.
        """
        for name in self.attributes:
            raise self.wrong(f"has an attribute {name!r} that netparity does not know")

    def has(self, position: int) -> bool:
        """Whether an optional input is given."""
        return position < len(self.inputs) and self.inputs[position] is not None

    def value(self, position: int = 0) -> Value:
        """An input that is computed from the images.

        Raises:
            GraphError: if it is missing or a constant.
        """
        found = self.inputs[position] if self.has(position) else None
        if isinstance(found, Value):
            return found
        what = "missing" if found is None else "a constant"
        raise self.wrong(f"has an input {position} that is {what}, expected an activation")

    def constant(self, position: int, role: str) -> Constant:
        """An input that is known before any image is given.

        Raises:
            GraphError: if it is missing, is computed, or depends on the number of images.
        """
        found = self.any_constant(position, role)
        if found.other is not None:
            raise self.wrong(f"has a {role} that depends on the number of images")
        return found

    def any_constant(self, position: int, role: str) -> Constant:
        """The same, or a constant that depends on the number of images."""
        found = self.inputs[position] if self.has(position) else None
        if isinstance(found, Constant):
            return found
        what = "computed from the images" if found is not None else "missing"
        raise self.wrong(f"has a {role} that is {what}; netparity reads constant ones only")

    def number(self, position: int, role: str) -> float:
        """A constant input of one value."""
        constant = self.constant(position, role)
        if constant.size != 1:
            raise self.wrong(f"has a {role} of {constant.size} values, expected one")
        return shortest(float(constant.fetch().ravel()[0]))

    def numbers(self, position: int, role: str) -> tuple[int, ...]:
        """A constant input of a few whole numbers, which may depend on the number of images."""
        return self.any_constant(position, role).numbers()

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from the front.

        Raises:
            GraphError: if there is no such axis.
        """
        if not -rank <= axis < rank:
            raise self.wrong(f"has axis {axis}, but its input has {rank} axes")
        return axis % rank

    def wrong(self, problem: str) -> GraphError:
        """An error that names the node and its operation."""
        return wrong(self.node, problem)

    @property
    def label(self) -> str:
        """What messages call the node: its name, or its first output's."""
        return label_of(self.node)
