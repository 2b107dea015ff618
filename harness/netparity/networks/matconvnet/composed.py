"""Operations that MatConvNet has no single layer for, made of several of its layers."""

from __future__ import annotations

from netparity.networks.matconvnet.layers import IDENTITY, Fields, by_columns, constant
from netparity.networks.matconvnet.lowered import Lowered
from netparity.networks.node import Node


def clipped_relu(low: Lowered, node: Node) -> None:
    """relu(x - a) + a - relu(x - b), where the first sum is left out for a = 0.

    Below b nothing but 0 is subtracted, so that ReLU6 is exact there.
    """
    lower, upper = low.attribute(node, "minimum"), low.attribute(node, "maximum")
    source = low.variables[node.inputs[0]]
    raised = source
    if lower is not None:
        last = upper is None and not lower
        moved = _moved(low, node, source, 1.0, -lower, "above") if lower else source
        suffix = "" if last else "rectified"
        raised = low.add(node, "ReLU", {"leak": (0.0,)}, inputs=(moved,), suffix=suffix)
        if lower:
            raised = _moved(low, node, raised, 1.0, lower, "" if upper is None else "raised")
    if upper is not None:
        beyond = _moved(low, node, source, 1.0, -upper, "beyond")
        excess = low.add(node, "ReLU", {"leak": (0.0,)}, inputs=(beyond,), suffix="excess")
        taken = _moved(low, node, excess, -1.0, 0.0, "negated")
        low.add(node, "Sum", inputs=(raised, taken))
    elif lower is None:
        same(low, node)


def _moved(low: Lowered, node: Node, source: str, factor: float, offset: float, suffix: str) -> str:
    """A layer for factor times x plus offset."""
    parameters = [constant("scale", factor)]
    if offset:
        parameters.append(constant("bias", offset))
    fields: Fields = {"size": (1.0, 1.0, 1.0), "hasBias": bool(offset)}
    return low.add(node, "Scale", fields, tuple(parameters), inputs=(source,), suffix=suffix)


def prelu(low: Lowered, node: Node) -> None:
    """relu(x) - slope relu(-x)."""
    [source] = node.inputs
    variable = low.variables[source]
    positive = low.add(node, "ReLU", {"leak": (0.0,)}, suffix="positive")
    turned = _moved(low, node, variable, -1.0, 0.0, "negated")
    negative = low.add(node, "ReLU", {"leak": (0.0,)}, inputs=(turned,), suffix="negative")
    size = low.aligned(node, "slope")
    slope = by_columns("scale", size, lambda: -low.tensor(node, "slope"))
    fields: Fields = {"size": size, "hasBias": False}
    sloped = low.add(node, "Scale", fields, (slope,), inputs=(negative,), suffix="sloped")
    low.add(node, "Sum", inputs=(positive, sloped))


def swish(low: Lowered, node: Node) -> None:
    """The input times its sigmoid."""
    variable = low.variables[node.inputs[0]]
    gate = low.add(node, "Sigmoid", suffix="sigmoid")
    low.add(node, "Scale", {"hasBias": False}, inputs=(variable, gate))


def subtract(low: Lowered, node: Node) -> None:
    """The first input and the negated second one, added."""
    first, second = (low.variables[name] for name in node.inputs)
    low.add(node, "Sum", inputs=(first, _moved(low, node, second, -1.0, 0.0, "negated")))


def multiply(low: Lowered, node: Node) -> None:
    """A block that scales its first input by its second, as often as needed."""
    first, *others = (low.variables[name] for name in node.inputs)
    for place, other in enumerate(others):
        last = place == len(others) - 1
        suffix = "" if last else f"product{place + 1}"
        first = low.add(node, "Scale", {"hasBias": False}, inputs=(first, other), suffix=suffix)


def same(low: Lowered, node: Node) -> None:
    """A dropout that does nothing: a copy of the input under the node's name."""
    low.add(node, "DropOut", IDENTITY)
