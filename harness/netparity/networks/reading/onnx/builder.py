"""The network that grows while the nodes of an ONNX file are translated one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from netparity.networks.node import GraphError, Node, Shape, refuse_size
from netparity.networks.ops import OPS
from netparity.networks.reading.onnx.calls import Call, Results
from netparity.networks.reading.onnx.constants import Constant
from netparity.networks.reading.onnx.values import Value, natural_axes


class Builder:
    """Nodes and tensors, under the names of the file's tensors (`names.py` gives better ones).

    Attributes:
        nodes: by name, in order.
        tensors: by name.
        made_by: the call from which each node comes.
        outputs: the file's tensor after which each node is called.
        used_once: whether a tensor of the file is read by one node and is not an output.
    """

    def __init__(self, used_once: Callable[[str], bool]) -> None:
        self.nodes: dict[str, Node] = {}
        self.tensors: dict[str, Constant] = {}
        self.made_by: dict[str, Call] = {}
        self.outputs: dict[str, str] = {}
        self.used_once = used_once
        self._shapes: dict[str, Shape] = {}

    def emit(
        self,
        call: Call,
        op: str,
        inputs: Sequence[Value],
        attributes: Mapping[str, Any] | None = None,
        tensors: Mapping[str, Constant] | None = None,
        *,
        axes: tuple[int, ...] | None = None,
        suffix: str = "",
        position: int = 0,
    ) -> Value:
        """Add a node.

        Args:
            axes: of the output in the file; without them the first input's if the rank is the
                same, else the usual ones.
            suffix: of the node's name, for one of several nodes that one of the file becomes.

            position: of the output that it makes.

        Raises:
            GraphError: if the shapes do not fit.
        """
        name = self._free_name(call, suffix, position)
        roles = {}
        for role, constant in (tensors or {}).items():
            refuse_size(f"node {call.label!r} ({call.op}): its {role}", constant.shape)
            roles[role] = f"{name}.{role}"
            self.tensors[roles[role]] = constant
        sources = tuple(value.node for value in inputs)
        node = Node(name, op, sources, dict(attributes or {}), roles)
        operation = OPS[op]
        operation.check(node)
        shape = operation.output_shape(
            node, [value.shape for value in inputs], self._tensor_shapes(node)
        )
        refuse_size(f"node {call.label!r} ({call.op})", shape)
        self.nodes[name], self.made_by[name] = node, call
        if axes is None:
            first = inputs[0].axes
            axes = first if len(first) == len(shape) + 1 else natural_axes(len(shape) + 1)
        return Value(name, shape, axes, call.images, (call.outputs[position],))

    def _free_name(self, call: Call, suffix: str, position: int = 0) -> str:
        output = call.outputs[position]
        name = wanted = f"{output}{suffix}"
        number = 2
        while name in self.nodes:
            name, number = f"{wanted}_{number}", number + 1
        self.outputs[name] = output
        return name

    def _tensor_shapes(self, node: Node) -> dict[str, Shape]:
        return {role: self.tensors[name].shape for role, name in node.tensors.items()}

    def arranged(
        self, call: Call, value: Value, axes: tuple[int, ...], suffix: str = "_transposed"
    ) -> Value:
        """The same activation with the graph's axes in the order that an operation needs.

        Raises:
            GraphError: if the images are on another axis of the file's tensor.
        """
        if value.axes == axes:
            return value
        if len(axes) != value.rank:
            raise call.wrong(f"has an input of {value.rank} axes, expected {len(axes)}")
        if value.axes.index(0) != axes.index(0):
            raise call.wrong(
                f"has an input whose axis {value.axes.index(0)} counts the images, "
                f"expected axis {axes.index(0)}"
            )
        order = [0] * len(value.shape)
        for before, after in zip(value.axes, axes, strict=True):
            if after:
                order[after - 1] = before - 1
        made = self.emit(
            call, "transpose", [value], {"order": tuple(order)}, axes=axes, suffix=suffix
        )
        return replace(made, path=value.path)

    def attach(self, call: Call, value: Value, role: str, constant: Constant) -> Value | None:
        """Give the node of a value a tensor, and the name of this call.

        Returns:
            None if the node has such a tensor already, or its output is used elsewhere too.
        """
        node = self.nodes.get(value.node)
        if node is None or role in node.tensors or not all(map(self.used_once, value.path)):
            return None
        del self.nodes[value.node], self.made_by[value.node]
        held = {name: self.tensors.pop(tensor) for name, tensor in node.tensors.items()}
        name = self._free_name(call, "")
        roles = {}
        for key, tensor in {**held, role: constant}.items():
            roles[key] = f"{name}.{key}"
            self.tensors[roles[key]] = tensor
        self.nodes[name] = replace(node, name=name, tensors=roles)
        self.made_by[name] = call
        return replace(value, node=name, path=(name,))

    def forget(self, value: Value) -> None:
        """Remove the node of a value that nothing else reads."""
        if all(map(self.used_once, value.path)):
            self.nodes.pop(value.node, None)
            self.made_by.pop(value.node, None)

    def flattened(self, call: Call, value: Value, suffix: str = "") -> Value:
        """A vector of all values, in the order in which the file has them.

        Raises:
            GraphError: if the images are not the first axis.
        """
        if value.axes[0] != 0:
            raise call.wrong("flattens an input whose first axis does not count the images")
        if value.rank == 2:
            return value
        order = tuple(axis - 1 for axis in value.axes[1:])
        moved = [axis for axis in order if value.shape[axis] > 1]
        if moved == sorted(moved):  # axes of one value can be read in any order
            order = tuple(range(len(order)))
        attributes = {} if order == (0, 1, 2) else {"order": order}
        return self.emit(call, "flatten", [value], attributes, suffix=suffix)

    def at_output(self, call: Call, value: Value) -> Value:
        """A network's output, whose axes no Transpose outside the graph may order."""
        if value.is_natural or value.axes[0] != 0:
            return value
        return self.arranged(call, value, natural_axes(value.rank), suffix="")


def per_axis(call: Call, value: Value, constant: Constant) -> Constant:
    """A constant that is combined with an activation element by element, in the graph's axes.

    Returns:
        As many values as there are channels where no other axis matters, one where none does.

    Raises:
        GraphError: if it differs between images or does not fit.
    """
    if constant.other is not None:
        raise call.wrong("computes with the number of images, which netparity does not read")
    shape = constant.shape
    if len(shape) > value.rank:
        extra = len(shape) - value.rank
        if any(size != 1 for size in shape[: extra + 1]) or value.images != 1:
            raise call.wrong(f"has a constant of {len(shape)} axes for {value.rank}")
        shape = shape[extra:]
    sizes = (1,) * (value.rank - len(shape)) + tuple(shape)
    for size, expected in zip(sizes, value.sizes, strict=True):
        if size not in (1, expected):
            raise call.wrong(
                f"has a constant {_product(constant.shape)}, which does not fit its input "
                f"{_product(value.sizes[1:])}"
            )
    if sizes[value.axes.index(0)] != 1:
        raise call.wrong("has a constant that differs between images")
    order = [value.axes.index(axis + 1) for axis in range(len(value.shape))]
    in_order = [sizes[axis] for axis in order]
    while len(in_order) > 1 and in_order[0] == 1:
        in_order.pop(0)
    full = constant.reshaped(sizes) if sizes != constant.shape else constant
    moved = full.transposed([value.axes.index(0), *order])
    return moved.reshaped(in_order)


def _product(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "of one value"


def no_operation(call: Call) -> GraphError:
    """An error for an operation that netparity does not have."""
    domain = call.node.domain
    where = f" of the domain {domain!r}" if domain not in ("", "ai.onnx") else ""
    before = next((name for name in call.node.input if name), "")
    problem = f"is an operation{where} that netparity does not read"
    if before:
        part = f"onnx.utils.extract_model(FILE, NEW_FILE, INPUTS, [{before[:80]!r}])"
        problem += f"; fix: keep the nodes before it: {part}"
    return call.wrong(problem)


Translation = Callable[[Call, Builder], Results]
"""Translates one operation."""
