"""What every writer of networks is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import Network, Node

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]


def _same(network: Network) -> Mapping[str, str]:
    return {node.name: node.name for node in network.nodes}


def _nothing(node: Node) -> str | None:
    return None


@dataclass(frozen=True)
class Writer:
    """One kind of file that netparity writes a network to.

    Attributes:
        name: what commands call it.
        title: in words.
        suffix: of its files.
        write: writes network and tensors to a path; raises GraphError naming node and operation
            if the format has no such operation.
        names: node to the name that its output has in the file.
        lacks: why the format (and so the tool that loads it) cannot hold a node, in words that can
            follow "node 'x' (lrn): "; None if it can.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[Path, Network, Tensors], None]
    names: Callable[[Network], Mapping[str, str]] = _same
    lacks: Callable[[Node], str | None] = _nothing
