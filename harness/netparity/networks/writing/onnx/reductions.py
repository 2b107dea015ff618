"""Pools, means and normalisations, which reduce several values to one."""

from __future__ import annotations

from typing import Any

import numpy as np

from netparity.networks.node import Node
from netparity.networks.writing.onnx.graph import (
    Graph,
    Write,
    axis_in_file,
)


def _max_pool(graph: Graph, node: Node) -> None:
    _pool(graph, node, "MaxPool", node.inputs[0], graph.get(node, "pads"))


def _average_pool(graph: Graph, node: Node) -> None:
    pads, source = graph.get(node, "pads"), node.inputs[0]
    if graph.get(node, "count_padding") and graph.get(node, "ceil") and any(pads):
        # The pads count and what `ceil` adds does not: ONNX has one rule for both.
        top, bottom, left, right = pads
        sizes = graph.whole(node, "pads", (0, 0, top, left, 0, 0, bottom, right))
        source = graph.add("Pad", [source, sizes], graph.step(node, "padded"))
        _pool(graph, node, "AveragePool", source, (0, 0, 0, 0), count_include_pad=0)
        return
    counted = int(graph.get(node, "count_padding") and not graph.get(node, "ceil"))
    _pool(graph, node, "AveragePool", source, pads, count_include_pad=counted)


def _pool(
    graph: Graph, node: Node, op: str, source: str, pads: tuple[int, int, int, int], **rest: Any
) -> None:
    """`ceil` is written as padding, since ONNX has not always said where the last window begins."""
    top, bottom, left, right = pads
    below, beyond = _added_by_ceil(graph, node)
    dilations = list(graph.get(node, "dilations"))
    graph.add(
        op,
        [source],
        node.name,
        kernel_shape=list(graph.get(node, "window")),
        strides=list(graph.get(node, "strides")),
        dilations=None if dilations == [1, 1] else dilations,
        pads=[top, left, bottom + below, right + beyond],
        **rest,
    )


def _added_by_ceil(graph: Graph, node: Node) -> tuple[int, int]:
    """Rows below and columns beyond the padded image that the last windows reach."""
    if not graph.get(node, "ceil"):
        return 0, 0
    top, bottom, left, right = graph.get(node, "pads")
    before, after = graph.shapes_in(node)[0], graph.shape(node.name)
    added = []
    for axis, ends in enumerate((top + bottom, left + right)):
        window, stride = graph.get(node, "window")[axis], graph.get(node, "strides")[axis]
        reach = graph.get(node, "dilations")[axis] * (window - 1) + 1
        added.append(max(0, (after[axis] - 1) * stride + reach - before[axis] - ends))
    return added[0], added[1]


def _global(whole: str, reduced: str) -> Write:
    def write(graph: Graph, node: Node) -> None:
        if graph.get(node, "keep_dims"):
            graph.add(whole, [node.inputs[0]], node.name)
            return
        axes = graph.whole(node, "axes", (2, 3))
        graph.add(reduced, [node.inputs[0], axes], node.name, keepdims=0)

    return write


def _mean(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    rank, keep = len(shape), int(graph.get(node, "keep_dims"))
    axes = sorted(axis % rank for axis in graph.get(node, "axes"))
    if keep:
        places = graph.whole(node, "axes", [axis_in_file(axis, rank) for axis in axes])
        graph.add("ReduceMean", [node.inputs[0], places], node.name, keepdims=1)
        return
    plain = graph.plain(node, node.inputs[0], rank)
    places = graph.whole(node, "axes", [axis + 1 for axis in axes])
    left = rank - len(axes)
    graph.from_plain(node, left, "ReduceMean", [plain, places], keepdims=0)


def _lrn(graph: Graph, node: Node) -> None:
    size = graph.get(node, "size")
    graph.add(
        "LRN",
        [node.inputs[0]],
        node.name,
        size=size,
        alpha=float(graph.get(node, "alpha")) * size,
        beta=float(graph.get(node, "beta")),
        bias=float(graph.get(node, "kappa")),
    )


def _layer_norm(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    rank = len(shape)
    axes = sorted(axis % rank for axis in graph.get(node, "axes"))
    others = [axis for axis in range(rank) if axis not in axes]
    order = [0, *(axis_in_file(axis, rank) for axis in (*others, *axes))]
    moved = graph.moved(node, node.inputs[0], order, "normalised_last")
    sizes = tuple(shape[axis] for axis in axes)
    inputs = [moved, _spread(graph, node, "scale", sizes, 1.0)]
    if "bias" in node.tensors:
        inputs.append(_spread(graph, node, "bias", sizes, 0.0))
    back = [order.index(axis) for axis in range(rank + 1)]
    output = node.name if moved == node.inputs[0] else graph.step(node, "normalised")
    graph.add(
        "LayerNormalization",
        inputs,
        output,
        axis=1 + len(others),
        epsilon=float(graph.get(node, "epsilon")),
    )
    if output != node.name:
        graph.add("Transpose", [output], node.name, perm=back)


def _spread(graph: Graph, node: Node, role: str, sizes: tuple[int, ...], value: float) -> str:
    if role not in node.tensors:
        return graph.array(node, role, np.full(sizes, value))
    return graph.tensor(node, role, sizes, lambda values: np.broadcast_to(values, sizes))


def _l2_norm(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    rank, source = len(shape), node.inputs[0]
    axes = [axis_in_file(axis, rank) for axis in graph.get(node, "axes")]
    epsilon, combine = float(graph.get(node, "epsilon")), graph.get(node, "combine")
    if epsilon == 0 and len(axes) == 1:
        graph.add("LpNormalization", [source], node.name, axis=axes[0], p=2)
        return
    places = graph.whole(node, "axes", sorted(axes))
    limit = graph.array(node, "epsilon", epsilon)
    reduce = "ReduceL2" if combine == "max" else "ReduceSumSquare"
    total = graph.add(reduce, [source, places], graph.step(node, "sum"), keepdims=1)
    join = "Add" if combine == "add" else "Max"
    norm = graph.add(join, [total, limit], graph.step(node, "limited"))
    if combine != "max":
        norm = graph.add("Sqrt", [norm], graph.step(node, "norm"))
    graph.add("Div", [source, norm], node.name)


OPERATIONS: dict[str, Write] = {
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "global_average": _global("GlobalAveragePool", "ReduceMean"),
    "global_max": _global("GlobalMaxPool", "ReduceMax"),
    "mean": _mean,
    "lrn": _lrn,
    "layer_norm": _layer_norm,
    "l2_norm": _l2_norm,
}
"""By the key that nodes use."""
