"""Operations on several inputs, and those that only move values."""

from __future__ import annotations

from netparity.networks.node import Node
from netparity.networks.writing.onnx.graph import (
    IMAGE,
    Graph,
    Write,
    axis_in_file,
    in_file,
    only,
)


def _combined(pair: str, many: str | None = None) -> Write:
    def write(graph: Graph, node: Node) -> None:
        inputs = _of_one_rank(graph, node)
        if len(inputs) > 2 and many is not None:
            graph.add(many, inputs, node.name)
            return
        source = inputs[0]
        for place, other in enumerate(inputs[1:], 1):
            output = node.name if place == len(inputs) - 1 else graph.step(node, "part")
            source = graph.add(pair, [source, other], output)

    return write


def _of_one_rank(graph: Graph, node: Node) -> list[str]:
    """The inputs, those of fewer axes with axes of one value before them."""
    shapes = graph.shapes_in(node)
    rank = max(map(len, shapes))
    inputs = []
    for name, shape in zip(node.inputs, shapes, strict=True):
        source = name
        if len(shape) < rank:
            full = (1,) * (rank - len(shape)) + tuple(shape)
            plain = graph.plain(node, name, len(shape))
            sizes = graph.whole(node, "shape", (-1, *full))
            source = graph.add("Reshape", [plain, sizes], graph.step(node, "full"))
            if rank == IMAGE:
                source = graph.moved(node, source, (0, 3, 1, 2), "channels_first")
        inputs.append(source)
    return inputs


def _concat(graph: Graph, node: Node) -> None:
    axis = axis_in_file(graph.get(node, "axis"), len(graph.shape(node.name)))
    graph.add("Concat", node.inputs, node.name, axis=axis)


def _flatten(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    rank = len(shape)
    order = [0, *(axis_in_file(axis, rank) for axis in graph.get(node, "order"))]
    moved = graph.moved(node, node.inputs[0], order, "in_order")
    graph.add("Flatten", [moved], node.name, axis=1)


def _reshape(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    target = tuple(graph.get(node, "shape"))
    if all(size == 1 for size in (*shape[:-1], *target[:-1])):  # a vector in either order
        sizes = graph.whole(node, "shape", (-1, *in_file(target)))
        graph.add("Reshape", [node.inputs[0], sizes], node.name)
        return
    plain = graph.plain(node, node.inputs[0], len(shape))
    sizes = graph.whole(node, "shape", (-1, *target))
    graph.from_plain(node, len(target), "Reshape", [plain, sizes])


def _transpose(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    rank, order = len(shape), graph.get(node, "order")
    perm = [0] * (rank + 1)
    for axis, source in enumerate(order):
        perm[axis_in_file(axis, rank)] = axis_in_file(source, rank)
    graph.add("Transpose", [node.inputs[0]], node.name, perm=perm)


def _ends(graph: Graph, node: Node, name: str) -> list[tuple[int, tuple[int, int]]]:
    """The axes of the file where something is added or cut, with how much."""
    [shape] = graph.shapes_in(node)
    found = [
        (axis_in_file(axis, len(shape)), ends)
        for axis, ends in enumerate(graph.get(node, name))
        if any(ends)
    ]
    return sorted(found)


def _pad(graph: Graph, node: Node) -> None:
    ends = dict(_ends(graph, node, "pads"))
    rank = len(graph.shape(node.name)) + 1
    both = [ends.get(axis, (0, 0)) for axis in range(rank)]
    pads = [before for before, _ in both] + [after for _, after in both]
    inputs = [node.inputs[0], graph.whole(node, "pads", pads)]
    mode = graph.get(node, "mode")
    if mode == "constant" and graph.get(node, "value"):
        inputs.append(graph.array(node, "value", float(graph.get(node, "value"))))
    graph.add("Pad", inputs, node.name, mode=mode)


def _crop(graph: Graph, node: Node) -> None:
    ends = _ends(graph, node, "crops")
    if not ends:
        graph.add("Identity", [node.inputs[0]], node.name)
        return
    sizes = (0, *in_file(graph.shapes_in(node)[0]))
    starts = graph.whole(node, "starts", [before for _, (before, _) in ends])
    stops = graph.whole(node, "ends", [sizes[axis] - after for axis, (_, after) in ends])
    axes = graph.whole(node, "axes", [axis for axis, _ in ends])
    graph.add("Slice", [node.inputs[0], starts, stops, axes], node.name)


def _resize(graph: Graph, node: Node) -> None:
    nearest = graph.get(node, "method") == "nearest"
    # All four sizes, as PyTorch's exporter writes them: OpenCV 5.0 reads no Resize of two axes.
    kept = graph.add("Shape", [node.inputs[0]], graph.step(node, "kept"), start=0, end=2)
    sizes = graph.whole(node, "size", graph.get(node, "size"))
    whole = graph.add("Concat", [kept, sizes], graph.step(node, "sizes"), axis=0)
    graph.add(
        "Resize",
        [node.inputs[0], "", "", whole],
        node.name,
        mode="nearest" if nearest else "linear",
        coordinate_transformation_mode=graph.get(node, "coordinates"),
        nearest_mode=graph.get(node, "rounding") if nearest else None,
    )


def _dropout(graph: Graph, node: Node) -> None:
    rate = graph.array(node, "ratio", float(graph.get(node, "rate")))
    graph.add("Dropout", [node.inputs[0], rate], node.name)


OPERATIONS: dict[str, Write] = {
    "add": _combined("Add", "Sum"),
    "multiply": _combined("Mul"),
    "subtract": _combined("Sub"),
    "divide": _combined("Div"),
    "concat": _concat,
    "flatten": _flatten,
    "reshape": _reshape,
    "transpose": _transpose,
    "pad": _pad,
    "crop": _crop,
    "resize": _resize,
    "dropout": _dropout,
    "identity": only("Identity"),
}
"""By the key that nodes use."""
