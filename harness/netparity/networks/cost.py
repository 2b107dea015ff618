"""The minimum cost of a network: operations and bytes of every layer, from the graph."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from netparity.networks.graph import Network, Node, layer_of
from netparity.networks.layers import Layer
from netparity.networks.ops import OPS

BYTES_PER_VALUE = 4


@dataclass(frozen=True)
class Cost:
    """The cost of one layer for a batch.

    Attributes:
        flops: multiplications and additions in its products, counted separately, including a
            convolution's taps outside the image. Biases, activations and pools are not counted.
        moved_bytes: weights once, input and output once per image, all float32.
        reads: names of the layers that it reads; empty if it reads the image alone.
    """

    layer: Layer
    flops: int
    moved_bytes: int
    reads: tuple[str, ...] = ()


def costs(
    network: Network, images: int = 1, wanted: Collection[str] | None = None
) -> Iterator[Cost]:
    """The cost of each layer for a batch of `images`.

    Args:
        wanted: names of nodes; only what leads to them is counted. By default, everything.

    Raises:
        UnknownNodeError: if there is no such node.
    """
    needed = leading_to(network, wanted)
    inner: dict[str, list[Node]] = {}
    for node in network.nodes:
        if node.name not in needed:
            continue
        parts = [*(part for name in node.inputs for part in inner.pop(name, ())), node]
        if node.inner and node.name not in (wanted or ()):
            inner[node.name] = parts
            continue
        yield _cost(network, parts, images)


def leading_to(network: Network, wanted: Collection[str] | None) -> set[str]:
    """The nodes that lead to the wanted ones, these included."""
    if wanted is None:
        return {node.name for node in network.nodes}
    waiting = [network.node(name).name for name in wanted]
    found = set(waiting)
    while waiting:
        for name in network.by_name[waiting.pop()].inputs:
            if name in network.by_name and name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _cost(network: Network, parts: list[Node], images: int) -> Cost:
    """The cost of a layer: what it reads and writes, but not what it keeps to itself."""
    own = {part.name for part in parts}
    values = math.prod(network.shapes[parts[-1].name])
    flops = weights = 0
    for part in parts:
        inputs = [network.shapes[name] for name in part.inputs]
        tensors = {role: network.tensors[name] for role, name in part.tensors.items()}
        flops += OPS[part.op].flops(part, inputs, tensors, network.shapes[part.name])
        weights += sum(math.prod(shape) for shape in tensors.values())
        values += sum(math.prod(network.shapes[name]) for name in part.inputs if name not in own)
    moved = BYTES_PER_VALUE * (weights + images * values)
    read = (name for part in parts for name in part.inputs)
    reads = tuple(dict.fromkeys(n for n in read if n not in own and n in network.by_name))
    return Cost(layer_of(network, parts[-1]), images * flops, moved, reads)
