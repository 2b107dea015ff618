"""A layer on its own, as a network of one or two nodes."""

from __future__ import annotations

import numpy as np

from netparity.networks import Input, Network, Node
from netparity.networks.ops.base import RIGHT, Array, How
from netparity.parity.passes import Weights, input_values, run_nodes
from tests.support.cases import mistakes_in


def single_layer(
    op: str,
    shape: tuple[int, ...],
    kernel: tuple[int, ...] | None = None,
    activation: str | None = None,
) -> Network:
    """`it`: a "same" convolution, a dense layer or a 2 x 2 pool, with or without an activation.

    Args:
        shape: of the input of one image.
        kernel: shape of its kernel; it then has as many biases as outputs.
    """
    attributes, tensors, shapes = {}, {}, {}
    if kernel is not None:
        shapes = {"it.kernel": kernel, "it.bias": kernel[-1:]}
        tensors = {role: f"it.{role}" for role in ("kernel", "bias")}
    if op == "conv":
        assert kernel is not None
        attributes = {"pads": (kernel[0] // 2,) * 2 + (kernel[1] // 2,) * 2}
    if op.endswith("pool"):
        attributes = {"window": (2, 2), "strides": (2, 2)}
    name = "it" if activation is None else "it_linear"
    nodes = [Node(name, op, ("input",), attributes, tensors, inner=activation is not None)]
    if activation is not None:
        nodes.append(Node("it", activation, (name,)))
    return Network("one layer", (Input("input", shape),), tuple(nodes), shapes)


def apply_layer(
    layer: Network, weights: Weights, x: Array, how: How = RIGHT, *mistakes: str
) -> Array:
    """The output of `it` in the precision of `x`, with these mistakes.

    Args:
        x: N x the layer's input.
    """
    changes = mistakes_in(layer, {"it": mistakes})
    given = input_values(layer, x)
    *_, (_, values) = run_nodes(layer.nodes, weights, given, how, changes)
    assert isinstance(values, np.ndarray)
    return values
