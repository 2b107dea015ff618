"""What netparity knows of a network and ONNX has no place for, as JSON in the file's metadata."""

from __future__ import annotations

import json
from dataclasses import asdict

from netparity.networks.graph import Network

KEY = "netparity.network"


def metadata_of(network: Network) -> str:
    """Preprocessing, the nodes that are features, names in tools, and what is compared."""
    names = {name: node.name for node in network.nodes for name in node.names.values()}
    return json.dumps(
        {
            "preprocessing": {
                entry.name: asdict(entry.preprocessing)
                for entry in network.inputs
                if entry.preprocessing is not None
            },
            "features": [node.name for node in network.features],
            "aliases": {**names, **network.aliases},
            "default_features": list(network.default_features),
        }
    )
