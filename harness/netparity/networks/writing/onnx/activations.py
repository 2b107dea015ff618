"""Activation functions and softmax."""

from __future__ import annotations

import numpy as np

from netparity.networks.node import Node
from netparity.networks.writing.onnx.graph import (
    Graph,
    Write,
    axis_in_file,
    broadcast,
    only,
)


def _same(op: str, **attributes: str) -> Write:
    """An operation that ONNX has too; `attributes` are ONNX's with ours."""

    def write(graph: Graph, node: Node) -> None:
        given = {name: float(graph.get(node, ours)) for name, ours in attributes.items()}
        graph.add(op, [node.inputs[0]], node.name, "", **given)

    return write


def _clip(graph: Graph, node: Node) -> None:
    bounds = [(name, graph.get(node, name)) for name in ("minimum", "maximum")]
    inputs = [
        "" if bound is None else graph.array(node, name, float(bound)) for name, bound in bounds
    ]
    while inputs and not inputs[-1]:
        inputs.pop()
    graph.add("Clip", [node.inputs[0], *inputs], node.name)


def _prelu(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    graph.add("PRelu", [node.inputs[0], broadcast(graph, node, "slope", len(shape))], node.name)


def _swish(graph: Graph, node: Node) -> None:
    gate = graph.add("Sigmoid", [node.inputs[0]], graph.step(node, "gate"))
    graph.add("Mul", [node.inputs[0], gate], node.name)


def _gelu(graph: Graph, node: Node) -> None:
    """Gelu is an operation of its own since opset 20; PyTorch wrote these nodes before."""
    x = node.inputs[0]

    def constant(what: str, value: float) -> str:
        return graph.array(node, what, value)

    if graph.get(node, "approximate"):
        cube = graph.add("Pow", [x, constant("three", 3.0)], graph.step(node, "cube"))
        part = graph.add("Mul", [cube, constant("share", 0.044715)], graph.step(node, "part"))
        total = graph.add("Add", [x, part], graph.step(node, "total"))
        root = constant("root", float(np.sqrt(2 / np.pi)))
        inner = graph.add("Mul", [total, root], graph.step(node, "inner"))
        curve = graph.add("Tanh", [inner], graph.step(node, "curve"))
    else:
        inner = graph.add(
            "Div", [x, constant("root", float(np.sqrt(2)))], graph.step(node, "inner")
        )
        curve = graph.add("Erf", [inner], graph.step(node, "curve"))
    lifted = graph.add("Add", [curve, constant("one", 1.0)], graph.step(node, "lifted"))
    twice = graph.add("Mul", [x, lifted], graph.step(node, "twice"))
    graph.add("Mul", [twice, constant("half", 0.5)], node.name)


def _softmax(graph: Graph, node: Node) -> None:
    [shape] = graph.shapes_in(node)
    axis = axis_in_file(graph.get(node, "axis"), len(shape))
    graph.add("Softmax", [node.inputs[0]], node.name, axis=axis)


OPERATIONS: dict[str, Write] = {
    "relu": only("Relu"),
    "leaky_relu": _same("LeakyRelu", alpha="slope"),
    "clipped_relu": _clip,
    "prelu": _prelu,
    "sigmoid": only("Sigmoid"),
    "hard_sigmoid": _same("HardSigmoid", alpha="slope", beta="offset"),
    "swish": _swish,
    "hard_swish": only("HardSwish"),
    "elu": _same("Elu", alpha="alpha"),
    "selu": _same("Selu", alpha="alpha", gamma="gamma"),
    "tanh": only("Tanh"),
    "gelu": _gelu,
    "softmax": _softmax,
}
"""By the key that nodes use."""
