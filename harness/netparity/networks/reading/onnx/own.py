"""What netparity's own files say beside the graph (`writing/onnx/metadata.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netparity.files.limits import DamagedError
from netparity.networks import document_fields as fields
from netparity.networks.graph import GraphError, Network
from netparity.networks.reading.onnx.constants import Constant

if TYPE_CHECKING:
    from onnx import ModelProto

PRODUCER = "netparity"
KEY = "netparity.network"
_MOST_TEXT = 2**22


def with_metadata(
    model: ModelProto, network: Network, initializers: Mapping[str, Constant]
) -> tuple[Network, dict[str, Constant]]:
    """The network with its preprocessing, inner nodes, aliases and features, and further tensors.

    Raises:
        DamagedError: if the metadata is not what netparity writes.
    """
    text = next((entry.value for entry in model.metadata_props if entry.key == KEY), "")
    if model.producer_name != PRODUCER or not text:
        return network, {}
    if len(text) > _MOST_TEXT:
        raise DamagedError(f"its metadata {KEY!r} has {len(text):,} characters")
    try:
        given = fields.mapping(json.loads(text), KEY)
        features = set(fields.each(fields.text, given["features"], "features"))
        aliases = fields.texts(given["aliases"], "aliases")
        compared = fields.each(fields.text, given["default_features"], "default_features")
        stated = fields.mapping(given["preprocessing"], "preprocessing")
        inputs = tuple(
            replace(entry, preprocessing=fields.preprocessing(stated.get(entry.name), entry.name))
            for entry in network.inputs
        )
    except (KeyError, ValueError, RecursionError, GraphError) as error:
        raise DamagedError(f"its metadata {KEY!r} is damaged") from error
    known = network.by_name
    changed = replace(
        network,
        inputs=inputs,
        nodes=tuple(replace(node, inner=node.name not in features) for node in network.nodes),
        aliases={**network.aliases, **{k: v for k, v in aliases.items() if v in known}},
        default_features=tuple(name for name in compared if name in known),
    )
    images = _mean_images(changed, initializers)
    shapes = {name: constant.shape for name, constant in images.items()}
    return replace(changed, tensors={**changed.tensors, **shapes}), images


def _mean_images(network: Network, initializers: Mapping[str, Constant]) -> dict[str, Constant]:
    found: dict[str, Any] = {}
    for entry in network.inputs:
        name = None if entry.preprocessing is None else entry.preprocessing.mean_image
        if name is not None and name not in initializers:
            raise DamagedError(f"it lacks the mean image {name[:80]!r}")
        if name is not None and name not in network.tensors:
            found[name] = initializers[name]
    return found
