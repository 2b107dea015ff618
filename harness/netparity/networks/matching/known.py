"""Which network of the catalogue a network is, whatever it is called."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from netparity.networks.catalogue import NETWORKS
from netparity.networks.graph import GraphError, Network, Shape
from netparity.networks.input_size import resized
from netparity.networks.matching.building import Tensors
from netparity.networks.matching.compare import Matching, compare, compare_beginning

_LEAST_KERNELS = 3


def match_catalogue(
    network: Network, tensors: Tensors | None = None
) -> tuple[Network, Matching] | None:
    """The network of the catalogue with the same structure, and how they match.

    A network without dense layers is also found at another input size; the catalogue's network is
    then returned at that size.

    Args:
        tensors: the network's, if they are at hand: see `compare`.

    Returns:
        None if the catalogue has no such network.
    """
    for candidate in _likely(network):
        matching = compare(network, candidate, tensors)
        if matching.same:
            return candidate, matching
    return None


def _likely(network: Network) -> Iterator[Network]:
    """The networks of the catalogue with kernels of as many values, at the network's input size."""
    shape = network.inputs[0].shape
    count = _kernel_values(network)
    for candidate in NETWORKS.values():
        if _kernel_values(candidate) != count or len(candidate.inputs) != len(network.inputs):
            continue
        try:
            yield resized(candidate, shape)
        except GraphError:
            continue  # its dense layers need another size


def _kernel_values(network: Network) -> int:
    """How many values all kernels have, which no spelling changes."""
    kernels = (node.tensors["kernel"] for node in network.nodes if "kernel" in node.tensors)
    return sum(math.prod(network.tensors[name]) for name in dict.fromkeys(kernels))


def match_beginning(network: Network) -> tuple[Network, Matching] | None:
    """The network of the catalogue with which a network begins, such as a VGG16 with another head.

    Returns:
        The one with the most kernels in common, in the same places, and what they have in common;
        None if no network has half of its kernels in common, and at least three.
    """
    best: tuple[tuple[int, int], Network, Matching] | None = None
    for candidate in NETWORKS.values():
        if _first_kernel(candidate) != _first_kernel(network):
            continue
        with suppress(GraphError):  # if its dense layers need another size
            sized = resized(candidate, network.inputs[0].shape)
            matching = compare_beginning(network, sized)
            shared = sum(match.role == "kernel" for match in matching.tensors)
            total = sum("kernel" in node.tensors for node in candidate.nodes)
            order = (shared, -total)
            if shared >= max(_LEAST_KERNELS, total / 2) and (best is None or order > best[0]):
                best = order, sized, matching
    return None if best is None else best[1:]


def match_alike(network: Network) -> tuple[Network, Matching] | None:
    """The network of the catalogue with the same kernels, whatever is computed between them.

    Such as a VGG16 with ELU, with average pools, with batch normalisation, or with a `Rescaling` in
    front. It is another function, so only its names can be used.

    Returns:
        The one with the most nodes in common, and the differences in the matching; None if there
        is none.
    """
    shapes = _kernel_shapes(network)
    found = [
        (candidate, compare(network, candidate))
        for candidate in _likely(network)
        if shapes and _kernel_shapes(candidate) == shapes
    ]
    return max(found, key=lambda pair: len(pair[1].nodes), default=None)


def _kernel_shapes(network: Network) -> list[tuple[int, int]]:
    """The shapes of all kernels in order; a dense layer may be written as a convolution."""
    kernels = (node.tensors["kernel"] for node in network.nodes if "kernel" in node.tensors)
    return [
        (math.prod(network.tensors[name][:-1]), network.tensors[name][-1])
        for name in dict.fromkeys(kernels)
    ]


def _first_kernel(network: Network) -> Shape | None:
    return next(
        (
            network.tensors[node.tensors["kernel"]]
            for node in network.nodes
            if "kernel" in node.tensors
        ),
        None,
    )


def known_as(network: Network, matching: Matching) -> Network:
    """The same network, whose nodes also have the names that the catalogue gives them.

    Args:
        matching: of the network and the catalogue's, as `match_catalogue` or `match_beginning`
            returns it.
    """
    own = {second: first for first, second in reversed(list(matching.nodes.items()))}
    catalogue = matching.b
    # As the catalogue's network itself prefers them: fc6 is a node, and MatConvNet's name of one.
    names = [(node.name, node.name) for node in catalogue.nodes]
    names += catalogue.aliases.items()
    names += [(name, node.name) for node in catalogue.nodes for name in node.names.values()]
    aliases = dict(network.aliases)
    for name, node in names:
        if node in own and name not in network.by_name:
            aliases.setdefault(name, own[node])
    features = tuple(own[name] for name in catalogue.default_features if name in own)
    return replace(network, aliases=aliases, default_features=features or network.default_features)
