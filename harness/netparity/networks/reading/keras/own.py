"""What netparity's own files say beside the layers (`writing/keras/metadata.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netparity.files.limits import DamagedError
from netparity.networks import document_fields as fields
from netparity.networks.graph import Network
from netparity.networks.node import GraphError


def with_own(network: Network, own: Mapping[str, Any]) -> Network:
    """The network with its preprocessing, further names and what is compared.

    Raises:
        DamagedError: if this is not what netparity writes.
    """
    if not own:
        return network
    try:
        stated = fields.mapping(own.get("preprocessing", {}), "preprocessing")
        aliases = fields.texts(own.get("aliases", {}), "aliases")
        listed = own.get("default_features", [])
        compared = fields.each(fields.text, listed, "default_features")
        inputs = tuple(
            replace(entry, preprocessing=fields.preprocessing(stated[entry.name], entry.name))
            if entry.name in stated
            else entry
            for entry in network.inputs
        )
    except (KeyError, ValueError, TypeError, GraphError) as error:
        raise DamagedError("what its metadata.json says of the network is damaged") from error
    if any(entry.preprocessing and entry.preprocessing.mean_image for entry in inputs):
        raise DamagedError("its metadata.json names a mean image, which is not in the file")
    known = network.by_name
    return replace(
        network,
        inputs=inputs,
        aliases={**network.aliases, **{k: v for k, v in aliases.items() if v in known}},
        default_features=tuple(name for name in compared if name in known),
    )
