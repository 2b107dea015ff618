"""What Keras's layers cannot express."""

from __future__ import annotations

from netparity.networks.graph import Node
from netparity.networks.writing.keras.layers import LAYER_WRITERS
from netparity.networks.writing.keras.plan import attribute


def lacks(node: Node) -> str | None:
    """Why Keras has no layers for a node; None if it has."""
    if node.op not in LAYER_WRITERS:
        return "Keras has no layer for it"
    if node.op in ("max_pool", "average_pool") and attribute(node, "dilations") != (1, 1):
        return f"Keras's pools have no dilation; it has dilations {attribute(node, 'dilations')}"
    if node.op == "crop" and len(attribute(node, "crops")) > 3:
        return f"Keras crops maps; it has {len(attribute(node, 'crops'))} axes"
    return None
