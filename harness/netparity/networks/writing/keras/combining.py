"""Sums, products and joins of several inputs."""

from __future__ import annotations

from collections.abc import Callable

from netparity.networks.graph import Node
from netparity.networks.writing.keras.plan import Plan, Ref, attribute
from netparity.networks.writing.keras.values import simple


def _of_one_rank(plan: Plan, node: Node) -> list[Ref]:
    """The inputs with as many axes each: Keras would broadcast over the batch otherwise."""
    inputs = plan.inputs(node)
    rank = max(len(given.shape) for given in inputs)

    def full(given: Ref) -> Ref:
        shape = (1,) * (rank - len(given.shape)) + given.shape
        if shape == given.shape:
            return given
        return plan.layer(node, "Reshape", {"target_shape": list(shape)}, [given], shape)

    return [full(given) for given in inputs]


def merged(kind: str) -> Callable[[Plan, Node], Ref]:
    """Add, Multiply or Subtract."""
    return lambda plan, node: plan.layer(
        node, kind, {}, _of_one_rank(plan, node), plan.network.shapes[node.name]
    )


def divide(plan: Plan, node: Node) -> Ref:
    """A quotient, for which Keras has an operation but no layer."""
    inputs = _of_one_rank(plan, node)
    return plan.operation(node, "Divide", {}, inputs, plan.network.shapes[node.name])


def concat(plan: Plan, node: Node) -> Ref:
    """Concatenate; Keras counts the batch as axis 0."""
    inputs, axis = plan.inputs(node), attribute(node, "axis")
    if len(inputs) == 1:
        return simple(plan, node, "Activation", {"activation": "linear"})
    config = {"axis": axis if axis < 0 else axis + 1}
    return plan.layer(node, "Concatenate", config, inputs, plan.network.shapes[node.name])
