"""Networks: the graph, its operations, the catalogue, and the files that state a network."""

from netparity.networks.catalogue import NETWORKS, network_called
from netparity.networks.checking import checked
from netparity.networks.cost import Cost, costs
from netparity.networks.graph import (
    GraphError,
    Input,
    Network,
    Node,
    Preprocessing,
    UnknownNodeError,
)
from netparity.networks.layers import Layer, Tool

__all__ = [
    "NETWORKS",
    "Cost",
    "GraphError",
    "Input",
    "Layer",
    "Network",
    "Node",
    "Preprocessing",
    "Tool",
    "UnknownNodeError",
    "checked",
    "costs",
    "network_called",
]
