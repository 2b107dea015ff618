"""A network as JSON (`network.json`), which extractors read and stored runs keep."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from netparity.networks import document_fields as fields
from netparity.networks.checking import MOST_NODES, checked
from netparity.networks.graph import GraphError, Input, Network, Node, Shape
from netparity.networks.ops import OPS
from netparity.networks.ops.base import REQUIRED

SCHEMA_VERSION = 1


def to_document(network: Network) -> dict[str, Any]:
    """As JSON values. Every attribute of every node is written, defaults too, with the shapes."""
    return {
        "schema_version": SCHEMA_VERSION,
        "name": network.name,
        "origin": network.origin,
        "inputs": [_input(entry) for entry in network.inputs],
        "nodes": [_node(node, network.shapes[node.name]) for node in network.nodes],
        "tensors": {name: list(shape) for name, shape in network.tensors.items()},
        "aliases": dict(network.aliases),
        "default_features": list(network.default_features),
    }


def _input(entry: Input) -> dict[str, Any]:
    preprocessing = entry.preprocessing
    return {
        "name": entry.name,
        "shape": list(entry.shape),
        "preprocessing": None if preprocessing is None else asdict(preprocessing),
    }


def _node(node: Node, shape: Shape) -> dict[str, Any]:
    defaults = OPS[node.op].defaults
    attributes = {
        name: node.attributes.get(name, default)
        for name, default in defaults.items()
        if name in node.attributes or default is not REQUIRED
    }
    return {
        "name": node.name,
        "op": node.op,
        "inputs": list(node.inputs),
        "attributes": attributes,
        "tensors": dict(node.tensors),
        "shape": list(shape),
        "inner": node.inner,
        "names": dict(node.names),
    }


def from_document(document: object) -> Network:
    """The network that `to_document` wrote.

    Args:
        document: what `json.loads` returned, whatever that is.

    Raises:
        GraphError: naming the field that is missing or wrong.
    """
    given = fields.mapping(document, "the document")
    version = given.get("schema_version")
    if isinstance(version, bool) or version != SCHEMA_VERSION:
        raise fields.unexpected("schema_version", version, f"{SCHEMA_VERSION}")
    try:
        nodes = fields.entries(given["nodes"], "nodes")
        if len(nodes) > MOST_NODES:
            raise GraphError(
                f"network.json: the graph has {len(nodes)} nodes; the limit is {MOST_NODES}"
            )
        network = Network(
            name=fields.text(given["name"], "name"),
            inputs=fields.each(_read_input, given["inputs"], "inputs"),
            nodes=fields.each(_read_node, nodes, "nodes"),
            tensors={
                name: fields.shape(shape, f"tensors.{fields.shortened(name)}")
                for name, shape in fields.mapping(given["tensors"], "tensors").items()
            },
            aliases=fields.texts(given.get("aliases", {}), "aliases"),
            default_features=fields.each(
                fields.text, given.get("default_features", []), "default_features"
            ),
            origin=fields.text(given.get("origin", ""), "origin"),
        )
    except KeyError as error:
        raise GraphError(f"network.json lacks the field {error}") from error
    return checked(network)


def _read_input(entry: Any, field: str) -> Input:
    given = fields.mapping(entry, field)
    return Input(
        fields.text(given["name"], f"{field}.name"),
        fields.shape(given["shape"], f"{field}.shape"),
        fields.preprocessing(given.get("preprocessing"), f"{field}.preprocessing"),
    )


def _read_node(entry: Any, field: str) -> Node:
    given = fields.mapping(entry, field)
    return Node(
        name=fields.text(given["name"], f"{field}.name"),
        op=fields.text(given["op"], f"{field}.op"),
        inputs=fields.each(fields.text, given["inputs"], f"{field}.inputs"),
        attributes=fields.attributes(given["attributes"], f"{field}.attributes"),
        tensors=fields.texts(given["tensors"], f"{field}.tensors"),
        inner=fields.flag(given.get("inner", False), f"{field}.inner"),
        names=fields.texts(given.get("names", {}), f"{field}.names"),
    )
