"""`metadata.json`: what Keras reads, and what netparity knows of a network beside its layers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from netparity.networks.writing.keras.plan import Plan


def metadata_of(plan: Plan) -> dict[str, Any]:
    """Preprocessing, the layers that are not features, further names, and what is compared.

    A mean image is a tensor, for which there is no place, so that preprocessing is left out.
    """
    network, names = plan.network, plan.names
    features = {names[node.name] for node in network.features}
    inputs = {names[entry.name] for entry in network.inputs}
    others = {name: node.name for node in network.nodes for name in node.names.values()}
    return {
        "keras_version": "3.0.0",
        "date_saved": "1980-01-01@00:00:00",
        "written_by": "netparity",  # Keras ignores it; the extractor says who built the network
        "inner": [layer.name for layer in plan.layers if layer.name not in features | inputs],
        "preprocessing": {
            names[entry.name]: asdict(entry.preprocessing)
            for entry in network.inputs
            if entry.preprocessing is not None and entry.preprocessing.mean_image is None
        },
        "aliases": {
            alias: names[name]
            for alias, name in {**others, **network.aliases}.items()
            if name in names
        },
        "default_features": [names[name] for name in network.default_features if name in names],
    }
