"""Batch normalisations merged into the convolution or dense layer before them.

scale (k x + b - mean) / sqrt(variance + epsilon) + bias is the same layer with the kernel k' = k g
and the bias (b - mean) g + bias, where g = scale / sqrt(variance + epsilon) for each unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import Network
from netparity.networks.node import Node
from netparity.protocol.lazy import LazyMapping

Array = npt.NDArray[np.floating[Any]]
Tensors = Mapping[str, Array]

BATCH_NORM = "batch_norm"
_PRODUCTS = {"conv", "dense"}


@dataclass(frozen=True)
class Folded:
    """A network without the normalisations that could be merged.

    Attributes:
        tensors: computed in float64 and rounded to float32, when they are asked for.
        merged: the node that a normalisation was merged into, by the normalisation's name.
        made: names of tensors that the merging changed or made.
    """

    network: Network
    tensors: Tensors
    merged: Mapping[str, str]
    made: frozenset[str]


def normalisations(network: Network) -> int:
    """The number of batch normalisations."""
    return sum(node.op == BATCH_NORM for node in network.nodes)


def fold(network: Network, tensors: Tensors) -> Folded:
    """Merge every normalisation, scale and shift that is the only reader of such a layer."""
    users: dict[str, int] = {}
    for node in network.nodes:
        for name in node.tensors.values():
            users[name] = users.get(name, 0) + 1
    nodes: dict[str, Node] = {}
    steps: dict[str, list[Node]] = {}
    carrier: dict[str, str] = {}
    for node in network.nodes:
        nodes[node.name] = node
        if node.op in _PRODUCTS and users[node.tensors["kernel"]] == 1:
            carrier[node.name] = node.name
            continue
        source = node.inputs[0] if len(node.inputs) == 1 else ""
        if source not in carrier or len(network.readers[source]) != 1:
            continue
        product = nodes[carrier[source]]
        alone = all(users[name] == 1 for name in node.tensors.values())
        if alone and _merges(network, node, product):
            steps.setdefault(product.name, []).append(node)
            carrier[node.name] = product.name
            nodes[node.name] = Node(node.name, "identity", node.inputs, inner=node.inner)
    shapes = dict(network.tensors)
    made: dict[str, tuple[Node, str]] = {}
    for name, merged in steps.items():
        node = nodes[name]
        bias = node.tensors.get("bias", f"{name}.merged_bias")
        shapes[bias] = (network.tensors[node.tensors["kernel"]][-1],)
        nodes[name] = replace(node, tensors={**node.tensors, "bias": bias})
        made |= {node.tensors["kernel"]: (node, "kernel"), bias: (node, "bias")}
        for step in merged:
            for tensor in step.tensors.values():
                shapes.pop(tensor, None)

    def fetch(name: str) -> Array:
        if name not in made:
            return tensors[name]
        node, role = made[name]
        return _merged(node, steps[node.name], tensors, role)

    folded = replace(network, nodes=tuple(nodes.values()), tensors=shapes)
    into = {step.name: name for name, merged in steps.items() for step in merged}
    return Folded(folded, LazyMapping(shapes, fetch), into, frozenset(made))


def _merges(network: Network, node: Node, product: Node) -> bool:
    """Whether a node only scales and shifts each unit of the product before it."""
    if node.op not in (BATCH_NORM, "scale_shift"):
        return False
    units = network.tensors[product.tensors["kernel"]][-1]
    return all(network.tensors[name] in ((units,), ()) for name in node.tensors.values())


def _merged(node: Node, steps: list[Node], tensors: Tensors, role: str) -> Array:
    kernel = tensors[node.tensors["kernel"]]
    gain = np.ones(kernel.shape[-1])
    shift = np.zeros(kernel.shape[-1])
    if "bias" in node.tensors:
        shift += tensors[node.tensors["bias"]].astype(np.float64)
    for step in steps:
        own = {name: tensors[tensor].astype(np.float64) for name, tensor in step.tensors.items()}
        factor = own.get("scale", np.ones(1))
        if step.op == BATCH_NORM:
            factor = factor / np.sqrt(own["variance"] + _epsilon(step))
            shift = shift - own["mean"]
        gain = gain * factor
        shift = shift * factor + own.get("bias", 0.0)
    if role == "bias":
        return np.asarray(shift, np.float32)
    return np.asarray(kernel.astype(np.float64) * gain, np.float32)


def _epsilon(node: Node) -> float:
    return float(node.attributes["epsilon"])
