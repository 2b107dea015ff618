"""The inputs of an ONNX file: their shapes, and the order of their axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netparity.networks.node import GraphError, Input
from netparity.networks.reading.onnx.file import Parsed
from netparity.networks.reading.onnx.values import CHANNELS_FIRST, CHANNELS_LAST, Value

if TYPE_CHECKING:
    from onnx import GraphProto, ValueInfoProto

ANY_NUMBER = (1_000_003, 1_000_033)
"""Two numbers of images that no other size has, for a file that accepts any number."""

_MOST_INPUTS = 64
_REAL = (1, 10, 11, 16)
_WHOLE = (2, 3, 4, 5, 6, 7, 12, 13)
_PASSING = {
    *("Cast", "Identity", "Add", "Sub", "Mul", "Div", "Clip", "Relu", "Sigmoid", "Tanh"),
    *("LeakyRelu", "Pad", "Neg", "Dropout", "Slice", "Gather", "Split", "Concat", "CastLike"),
}


def inputs_of(
    parsed: Parsed, input_size: tuple[int, int] | None
) -> tuple[tuple[Input, ...], dict[str, Value], int]:
    """What the network is given.

    Args:
        input_size: height and width where the file leaves them open.

    Returns:
        The inputs, their values by name, and another number of images to compute shapes for (the
        same one if the file states the number).

    Raises:
        GraphError: if a size is not known.
    """
    graph = parsed.model.graph
    given = [entry for entry in graph.input if entry.name not in parsed.initializers]
    read = {name for node in graph.node for name in node.input}
    # tf2onnx leaves inputs that nothing reads where it has folded constants.
    given = [entry for entry in given if entry.name in read] or given
    if len(given) > _MOST_INPUTS:
        raise GraphError(f"it has {len(given)} inputs; the limit is {_MOST_INPUTS}")
    sizes = {entry.name: _sizes(entry) for entry in given}
    for entry in given:
        kind = entry.type.tensor_type.elem_type
        whole = kind in _WHOLE and _is_cast(graph, entry.name)
        if kind not in _REAL and not whole:
            raise GraphError(
                f"the input {entry.name[:80]!r} does not hold real numbers (type {kind})"
            )
    counts = {shape[0] for shape in sizes.values() if shape[0]}
    if len(counts) > 1:
        raise GraphError(f"its inputs are for different numbers of images: {sorted(counts)[:8]}")
    images, other = (counts.pop(),) * 2 if counts else ANY_NUMBER
    inputs, values = [], {}
    for name, shape in sizes.items():
        axes = _axes(graph, name, shape)
        fixed = _fixed(name, shape, axes, input_size)
        own = tuple(fixed[axes.index(axis)] for axis in range(1, len(axes)))
        inputs.append(Input(name, own))
        values[name] = Value(name, own, axes, images, (name,))
    if not inputs:
        raise GraphError("the graph has no input")
    return tuple(inputs), values, other


def _sizes(entry: ValueInfoProto) -> tuple[int | None, ...]:
    """The sizes of all axes; None for one that is not stated."""
    tensor = entry.type.tensor_type
    name = entry.name[:80]
    if not entry.type.HasField("tensor_type") or not tensor.HasField("shape"):
        raise GraphError(f"the input {name!r} has no stated shape")
    sizes = tuple(
        dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None
        for dim in tensor.shape.dim
    )
    if not 2 <= len(sizes) <= 6:
        raise GraphError(f"the input {name!r} has {len(sizes)} axes, expected 2 to 6")
    return sizes


def _is_cast(graph: GraphProto, name: str) -> bool:
    """Whether whole numbers, such as pixels, become real ones before anything is computed."""
    reached = {name}
    for node in graph.node:
        if not reached & set(node.input):
            continue
        if node.op_type in ("Transpose", "Identity"):
            reached.update(node.output)
        elif node.op_type != "Cast":
            return False
    return True


def _axes(graph: GraphProto, name: str, sizes: tuple[int | None, ...]) -> tuple[int, ...]:
    """Channels first or last: as the first node demands that does, else by the sizes."""
    if len(sizes) != 4:
        return tuple(range(len(sizes)))
    reached = {name}
    for node in graph.node:
        if not node.input or node.input[0] not in reached:
            continue
        if node.op_type == "Transpose":
            order = next((tuple(a.ints) for a in node.attribute if a.name == "perm"), ())
            return CHANNELS_LAST if order == CHANNELS_FIRST else CHANNELS_FIRST
        if node.op_type in _PASSING:
            reached.update(node.output)
        elif node.op_type not in ("Shape", "Flatten", "Reshape", "MatMul"):
            return CHANNELS_FIRST
    last_is_few = sizes[3] in (1, 3, 4) and sizes[1] not in (1, 3, 4)
    return CHANNELS_LAST if last_is_few else CHANNELS_FIRST


def _fixed(
    name: str,
    sizes: tuple[int | None, ...],
    axes: tuple[int, ...],
    input_size: tuple[int, int] | None,
) -> tuple[int, ...]:
    fixed = []
    for size, axis in zip(sizes, axes, strict=True):
        if axis == 0:
            fixed.append(size or 1)
        elif size is not None:
            fixed.append(size)
        elif len(sizes) == 4 and axis in (1, 2) and input_size is not None:
            fixed.append(input_size[axis - 1])
        else:
            names = ("height", "width", "number of channels")
            what = names[axis - 1] if len(sizes) == 4 else f"size of axis {axis}"
            fix = "give --input-size" if what in names[:2] else "export it with fixed sizes"
            raise GraphError(f"the input {name[:80]!r} has no fixed {what}; fix: {fix}")
    return tuple(fixed)
