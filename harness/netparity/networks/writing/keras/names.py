"""Layer names that Keras accepts on any backend, each used once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netparity.networks.graph import Network

_OTHER = re.compile(r"[^A-Za-z0-9_.\-]")
_LONGEST = 120


def names(network: Network) -> Mapping[str, str]:
    """Node to the name of the layer that has its output, where inputs keep theirs first.

    Keras forbids a slash, and TensorFlow's name scopes allow letters, digits and `_.-` only.
    """
    taken: set[str] = set()
    found = {entry.name: unused(entry.name, taken) for entry in network.inputs}
    return found | {node.name: unused(node.name, taken) for node in network.nodes}


def unused(name: str, taken: set[str]) -> str:
    """An acceptable name like this one that is not taken yet; it is from now on."""
    plain = _OTHER.sub("_", name)[:_LONGEST] or "layer"
    if not plain[0].isalnum():
        plain = f"layer{plain}" if plain[0] == "_" else f"layer_{plain}"
    found, count = plain, 1
    while found.lower() in taken:
        count += 1
        found = f"{plain}_{count}"
    taken.add(found.lower())
    return found
