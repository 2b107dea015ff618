"""The size of the input that a file does not state, if its kernels are those of a known network."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netparity.networks.reading.caffe.layers import Layer

_LEAST_KERNELS = 4
_WITH_KERNELS = ("Convolution", "Deconvolution", "InnerProduct")


def size_of_known(layers: Sequence[Layer]) -> tuple[tuple[int, int], str] | None:
    """Height and width of the catalogue's network with the same kernels, and its name.

    Only networks with a dense layer are looked for: those have one size. The last layer may have
    another number of classes.
    """
    from netparity.networks.catalogue import NETWORKS

    given = [layer for layer in layers if layer.type in _WITH_KERNELS]
    if len(given) < _LEAST_KERNELS or any(not layer.blobs for layer in given):
        return None
    kernels = sorted(layer.blobs[0].size for layer in given[:-1])
    for network in NETWORKS.values():
        nodes = [node for node in network.nodes if "kernel" in node.tensors]
        sizes = sorted(math.prod(network.tensors[node.tensors["kernel"]]) for node in nodes[:-1])
        if sizes == kernels and any(node.op == "dense" for node in nodes):
            return network.input_size, network.name
    return None
