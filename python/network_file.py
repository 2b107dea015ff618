"""network.json: the network of a job, as netparity writes it.

Shapes are those of one image without the batch: height x width x channels. Every attribute of every
node is in the file, defaults too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
MOST_BYTES = 256 * 2**20


class NetworkError(ValueError):
    """The network cannot be read, or cannot be built in this tool."""


@dataclass(frozen=True)
class NetworkInput:
    """An input by name, with the shape of one image."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class NetworkNode:
    """One operation.

    inputs: names of nodes or inputs; tensors: role to the name of a tensor; shape: of the output;
    inner: the sum before an activation that other tools have in the same layer.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict[str, Any]
    tensors: dict[str, str]
    shape: tuple[int, ...]
    inner: bool

    def __getitem__(self, attribute: str) -> Any:
        """Return an attribute. Raises NetworkError if the file lacks it."""
        if attribute not in self.attributes:
            raise NetworkError(f"node {self.name!r} ({self.op}) lacks its attribute {attribute!r}")
        return self.attributes[attribute]


@dataclass(frozen=True)
class NetworkFile:
    """A network; its nodes are in an order in which they can be computed."""

    name: str
    inputs: tuple[NetworkInput, ...]
    nodes: tuple[NetworkNode, ...]
    tensors: dict[str, tuple[int, ...]]


def read_network(path: str | Path) -> NetworkFile:
    """Read a network.json.

    Raises NetworkError if it is not one, and OSError if it cannot be read.
    """
    size = Path(path).stat().st_size
    if size > MOST_BYTES:
        raise NetworkError(f"network file '{path}' has {size} bytes; the limit is {MOST_BYTES}")
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise NetworkError(
            f"network file '{path}' is not JSON ({error}); write it again"
        ) from error
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version != SCHEMA_VERSION:
        raise NetworkError(
            f"network file '{path}' has schema_version {version!r}, but this extractor reads "
            f"{SCHEMA_VERSION}; use the harness and the python/ folder of the same netparity"
        )
    try:
        network = NetworkFile(
            name=str(raw["name"]),
            inputs=tuple(NetworkInput(e["name"], tuple(e["shape"])) for e in raw["inputs"]),
            nodes=tuple(_node(entry) for entry in raw["nodes"]),
            tensors={name: tuple(shape) for name, shape in raw["tensors"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__} {error}"
        raise NetworkError(f"network file '{path}' is not a network ({reason})") from error
    _check(network)
    return network


def _node(entry: dict[str, Any]) -> NetworkNode:
    return NetworkNode(
        name=entry["name"],
        op=entry["op"],
        inputs=tuple(entry["inputs"]),
        attributes=dict(entry["attributes"]),
        tensors=dict(entry["tensors"]),
        shape=tuple(entry["shape"]),
        inner=entry.get("inner", False),
    )


def _check(network: NetworkFile) -> None:
    """Raise NetworkError for a name that is read before it is computed, or that occurs twice."""
    known = {entry.name for entry in network.inputs}
    for node in network.nodes:
        for name in node.inputs:
            if name not in known:
                raise NetworkError(
                    f"node {node.name!r} ({node.op}) reads {name!r}, which is missing"
                )
        for role, name in node.tensors.items():
            if name not in network.tensors:
                raise NetworkError(
                    f"node {node.name!r} ({node.op}): its {role} {name!r} is missing"
                )
        if node.name in known:
            raise NetworkError(f"two nodes are called {node.name!r}")
        known.add(node.name)
