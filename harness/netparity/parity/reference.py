"""The reference: a float64 forward pass in NumPy, independent of every compared tool.

Its rounding error is about 2^-29 of that of a float32 pass, so for float32 features it can be
considered exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from netparity.networks import Network, Node
from netparity.networks.ops.base import Array
from netparity.parity.passes import Weights, input_values, run_nodes


def forward(
    network: Network,
    weights: Weights,
    images: npt.NDArray[np.float32],
    keep: frozenset[str],
    done: Callable[[Node], None] = lambda node: None,
) -> dict[str, Array]:
    """Run the network in float64.

    Args:
        images: the network's input, N x its shape.
        keep: names of the nodes whose output is returned; the pass ends after the last of them.
        done: called after each node.

    Returns:
        Node name to N x its shape, float64.
    """
    kept: dict[str, Array] = {}
    given = input_values(network, images.astype(np.float64))
    for node, x in run_nodes(network.nodes, weights, given, keep=keep):
        done(node)
        if node.name in keep:
            kept[node.name] = x
        if len(kept) == len(keep):
            break
    return kept


def forward_float32(
    network: Network,
    weights: Weights,
    images: npt.NDArray[np.float32],
    keep: frozenset[str] = frozenset(),
) -> Iterator[tuple[Node, Array]]:
    """Run the network in float32, which suffices for differences far above rounding.

    Args:
        keep: inner nodes whose output the caller goes on using.

    Yields:
        Node and its output.
    """
    given = input_values(network, images.astype(np.float32, copy=False))
    return run_nodes(network.nodes, weights, given, keep=keep)
