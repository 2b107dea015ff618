"""Convolutions, dense layers, batch normalisation and scaling."""

from __future__ import annotations

import numpy as np

from netparity.networks.node import Node
from netparity.networks.writing.onnx.graph import (
    IMAGE,
    Graph,
    Values,
    Write,
    broadcast,
)


def _conv(graph: Graph, node: Node) -> None:
    top, bottom, left, right = graph.get(node, "pads")
    kernel = graph.network.tensors[node.tensors["kernel"]]
    shape = (kernel[3], kernel[2], *kernel[:2])
    inputs = [node.inputs[0], graph.tensor(node, "kernel", shape, _kernel)]
    graph.add(
        "Conv",
        inputs + _bias(graph, node),
        node.name,
        kernel_shape=list(kernel[:2]),
        strides=list(graph.get(node, "strides")),
        dilations=list(graph.get(node, "dilations")),
        pads=[top, left, bottom, right],
        group=graph.get(node, "groups"),
    )


def _conv_transpose(graph: Graph, node: Node) -> None:
    crops = graph.get(node, "crops")
    kernel = graph.network.tensors[node.tensors["kernel"]]
    shape = (kernel[3], kernel[2], *kernel[:2])
    top, bottom, left, right = (max(0, crop) for crop in crops)
    extra = [max(0, -crop) for crop in crops]
    output = graph.step(node, "product") if any(extra) else node.name
    inputs = [node.inputs[0], graph.tensor(node, "kernel", shape, _kernel)]
    graph.add(
        "ConvTranspose",
        inputs if any(extra) else inputs + _bias(graph, node),
        output,
        kernel_shape=list(kernel[:2]),
        strides=list(graph.get(node, "strides")),
        dilations=list(graph.get(node, "dilations")),
        pads=[top, left, bottom, right],
        group=graph.get(node, "groups"),
    )
    if any(extra):
        _extended(graph, node, output, extra)


def _extended(graph: Graph, node: Node, source: str, extra: list[int]) -> None:
    """Rows and columns beyond what ConvTranspose makes, which hold the bias alone."""
    has_bias = "bias" in node.tensors
    top, bottom, left, right = extra
    pads = graph.whole(node, "pads", (0, 0, top, left, 0, 0, bottom, right))
    padded = graph.step(node, "padded") if has_bias else node.name
    graph.add("Pad", [source, pads], padded)
    if has_bias:
        graph.add("Add", [padded, broadcast(graph, node, "bias", IMAGE)], node.name)


def _kernel(values: Values) -> Values:
    return values.transpose(3, 2, 0, 1)


def _bias(graph: Graph, node: Node) -> list[str]:
    return [graph.tensor(node, "bias")] if "bias" in node.tensors else []


def _dense(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    kernel, source = graph.network.tensors[node.tensors["kernel"]], node.inputs[0]
    units, rank = kernel[-1], len(shape)
    if len(kernel) == 2 and rank > 1:
        plain = graph.plain(node, source, rank)
        matrix = graph.tensor(node, "kernel")
        if "bias" not in node.tensors:
            graph.from_plain(node, rank, "MatMul", [plain, matrix])
            return
        product = graph.add("MatMul", [plain, matrix], graph.step(node, "product"))
        graph.from_plain(node, rank, "Add", [product, graph.tensor(node, "bias")])
        return
    order = list(range(len(kernel)))
    if rank > 1:
        if rank == IMAGE:
            order = [2, 0, 1, 3]
        source = graph.add("Flatten", [source], graph.step(node, "flat"), axis=1)

    def by_unit(values: Values) -> Values:
        return values.transpose(order).reshape(-1, units).T

    count = int(np.prod(kernel[:-1]))
    inputs = [source, graph.tensor(node, "kernel", (units, count), by_unit)]
    graph.add("Gemm", inputs + _bias(graph, node), node.name, transB=1)


def _batch_norm(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    channels, rank = shape[-1], len(shape)
    scale = _or_constant(graph, node, "scale", channels, 1.0)
    bias = _or_constant(graph, node, "bias", channels, 0.0)
    rest = [scale, bias, graph.tensor(node, "mean"), graph.tensor(node, "variance")]
    epsilon = float(graph.get(node, "epsilon"))
    if rank in (1, IMAGE):
        graph.add("BatchNormalization", [node.inputs[0], *rest], node.name, epsilon=epsilon)
        return
    forth = [0, rank, *range(1, rank)]
    moved = graph.moved(node, node.inputs[0], forth, "channels_first")
    made = graph.add(
        "BatchNormalization", [moved, *rest], graph.step(node, "normalised"), epsilon=epsilon
    )
    graph.add("Transpose", [made], node.name, perm=[0, *range(2, rank + 1), 1])


def _or_constant(graph: Graph, node: Node, role: str, channels: int, value: float) -> str:
    if role in node.tensors:
        return graph.tensor(node, role)
    return graph.array(node, role, np.full(channels, value))


def _scale_shift(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    roles = [role for role in ("scale", "bias") if role in node.tensors]
    source = node.inputs[0]
    for role in roles:
        tensor = broadcast(graph, node, role, len(shape))
        output = node.name if role == roles[-1] else graph.step(node, "scaled")
        source = graph.add("Mul" if role == "scale" else "Add", [source, tensor], output)
    if not roles:
        graph.add("Identity", [source], node.name)


OPERATIONS: dict[str, Write] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "dense": _dense,
    "batch_norm": _batch_norm,
    "scale_shift": _scale_shift,
}
"""By the key that nodes use."""
