"""Weights from files that state a network: their structure is looked at before their numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from netparity.errors import InputError
from netparity.networks import NETWORKS, Network, opening
from netparity.networks.document import to_document
from netparity.networks.input_size import InputSize
from netparity.networks.matching import Matching, compare
from netparity.networks.reading.base import ReadNetwork
from netparity.protocol.lazy import LazyMapping
from netparity.watch import Watch
from netparity.weights.contents import Tensors
from netparity.weights.layout import Tensor, all_finite

_MOST_DIFFERENCES = 2
_NAME_IN_B = re.compile(r" \([^()]{1,200} in B\)")


def is_known(network: Network) -> bool:
    """Whether it is one of the catalogue, unchanged."""
    return network.name in NETWORKS and NETWORKS[network.name] is network


def key_of(network: Network) -> str:
    """A short name for a network's structure, preprocessing and names, for use in file names."""
    document = json.dumps(to_document(network), sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:16]


def stated_network(
    path: Path, watch: Watch, input_size: InputSize | None = None
) -> ReadNetwork | None:
    """The network that a file states; None if it holds only tensors.

    Raises:
        InputError: if it states one that is not understood.
    """
    with watch.task(f"reading network {path.name}"):
        return opening.stated_network(path, input_size)


def matched(read: ReadNetwork, network: Network, path: Path) -> Matching:
    """How the network of a file matches the one that its weights are wanted for.

    Raises:
        InputError: with the first differences, if it is another network.
    """
    matching = compare(read.network, network)
    if matching.same:
        return matching
    # The file's own names say where; those of the other network would double the sentence.
    found = [_NAME_IN_B.sub("", each) for each in matching.differences]
    shown = "; ".join(found[:_MOST_DIFFERENCES])
    more = len(found) - _MOST_DIFFERENCES
    rest = f"; and {more} more differences" if more > 0 else ""
    raise InputError(
        f"weights {path}: the file states another network (A) than {network.name} (B): "
        f"{shown}{rest}; fix: give the file's own network with --model {path.name}"
    )


def rearranged(read: ReadNetwork, matching: Matching, path: Path) -> Tensors:
    """The tensors of a file as another network of the same structure names and lays them out.

    Raises:
        InputError: if the file lacks a tensor that the network has.
    """
    sources = {match.second: match for match in matching.tensors}
    for name in matching.b.tensors:
        if name not in sources:
            raise InputError(f"weights {path}: {name} is missing; {matching.b.name} needs it")

    def fetch(name: str) -> Tensor:
        match = sources[name]
        tensor = match.to_second(np.asarray(read.tensors[match.first]))
        return np.ascontiguousarray(tensor, dtype=np.float32).reshape(matching.b.tensors[name])

    return finite(LazyMapping(matching.b.tensors, fetch), path)


def finite(tensors: Mapping[str, Tensor], path: Path) -> Tensors:
    """The same tensors, each checked when it is read."""
    if not tensors:
        return tensors  # of a file that states none, which access says

    def fetch(name: str) -> Tensor:
        tensor = np.ascontiguousarray(tensors[name], dtype=np.float32)
        if not all_finite(tensor):
            raise InputError(f"weights {path}: {name} holds NaN or infinite values")
        return tensor

    return LazyMapping(tensors, fetch)


__all__ = [
    "finite",
    "is_known",
    "key_of",
    "matched",
    "rearranged",
    "stated_network",
]
