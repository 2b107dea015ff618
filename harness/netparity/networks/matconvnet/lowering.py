"""From a network to MatConvNet's layers."""

from __future__ import annotations

from collections import Counter

from netparity.networks.graph import Network
from netparity.networks.matconvnet.lacking import lacks
from netparity.networks.matconvnet.lowered import Lowered, Tensors
from netparity.networks.matconvnet.operations import KEEP_FLAT, LOWER, READ_FLAT
from netparity.networks.node import Node
from netparity.networks.ops.base import wrong


def lowered(network: Network, tensors: Tensors) -> Lowered:
    """The layers of a network; the tensors are read only when the layers are written.

    Raises:
        GraphError: naming the first node that MatConvNet cannot compute.
    """
    result = Lowered(network, tensors, variables(network))
    result.taken.update(result.variables.values())
    result.done += [entry.name for entry in network.inputs]
    for entry in network.inputs:
        if len(entry.shape) not in (1, 3):
            raise wrong(
                Node(entry.name, "input", ()),
                f"has the shape {entry.shape}; MatConvNet takes height x width x channels",
            )
    for node in network.nodes:
        if (reason := lacks(node)) is not None:
            raise wrong(node, f"cannot be written: {reason}")
        if len(network.shapes[node.name]) not in (1, 3):
            raise wrong(
                node, f"has the shape {network.shapes[node.name]}; MatConvNet has maps only"
            )
        flat = next((name for name in node.inputs if name in result.flats), None)
        if flat is not None and node.op in KEEP_FLAT:
            result.flats[node.name] = result.flats[flat]
        elif flat is not None and node.op not in READ_FLAT:
            raise wrong(
                node,
                f"cannot be written: it reads the flattened map {flat!r}, which in MatConvNet only "
                "a dense layer can read",
            )
        LOWER[node.op](result, node)
        result.done.append(node.name)
    return result


def variables(network: Network) -> dict[str, str]:
    """Input or node to variable: the name in MatConvNet if all of these are different."""
    own = {name: name for name in network.shapes}
    called = own | {
        node.name: node.names["matconvnet"] for node in network.nodes if "matconvnet" in node.names
    }
    return own if any(count > 1 for count in Counter(called.values()).values()) else called
