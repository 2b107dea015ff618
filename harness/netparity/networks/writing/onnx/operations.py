"""How each operation of the graph is written in ONNX."""

from __future__ import annotations

from netparity.networks.node import Node
from netparity.networks.writing.onnx import activations, layers, reductions, shapes
from netparity.networks.writing.onnx.graph import Write

OPERATIONS: dict[str, Write] = {
    **layers.OPERATIONS,
    **reductions.OPERATIONS,
    **activations.OPERATIONS,
    **shapes.OPERATIONS,
}
"""By the key that nodes use."""


def lacks(node: Node) -> str | None:
    """Why ONNX cannot hold a node; None if it can."""
    if node.op not in OPERATIONS:
        return "ONNX has no such operation"
    return None
