"""Networks computed node by node in float64, as the reference does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netparity.networks.graph import Network
from netparity.networks.ops.base import Step, run_step


def run_graph(
    network: Network, tensors: Mapping[str, np.ndarray], *inputs: np.ndarray
) -> dict[str, np.ndarray]:
    """Every node's output.

    Args:
        inputs: N x shape each, in the network's order.
    """
    values = {
        entry.name: np.asarray(x, np.float64)
        for entry, x in zip(network.inputs, inputs, strict=True)
    }
    for node in network.nodes:
        given = tuple(values[name] for name in node.inputs)
        own = {role: tensors[name] for role, name in node.tensors.items()}
        values[node.name] = run_step(Step(node, given, own))
    return values
