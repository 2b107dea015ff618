"""The parts of a saved model: its configuration, who saved it, and where its weights are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netparity.files import hdf5, zip_file
from netparity.files.limits import DamagedError
from netparity.files.source import Source
from netparity.networks.reading.keras.weights import ByKind, ByName, Weights, names_in

_CONFIG, _METADATA, _INSIDE = "config.json", "metadata.json", "model.weights.h5"
_MOST_TEXT_BYTES = 2**23


@dataclass(frozen=True)
class Saved:
    """A model as its file states it.

    Attributes:
        config: the model's configuration, parsed.
        version: of Keras, 1, 2 or 3; None if the file does not say.
        release: the same in full; empty if the file does not say.
        backend: `tensorflow`, `theano`, ...; empty if the file does not say.
        weights: of the model's layers.
        own: what netparity wrote beside the layers; empty in files of others.
    """

    config: Any
    version: int | None
    backend: str
    weights: Weights
    own: Mapping[str, Any] = field(default_factory=dict)
    release: str = ""

    @property
    def inner(self) -> frozenset[str]:
        """Layers that are part of others, in a file that netparity wrote."""
        listed = self.own.get("inner")
        return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()


def recognises(source: Source) -> bool:
    """Whether it is an archive or HDF5 with the configuration of a model."""
    if zip_file.looks_like(source.head):
        return _CONFIG in source.members and _INSIDE in source.members
    return hdf5.looks_like(source.head) and "model_config" in source.hdf5.attributes


def saved(source: Source) -> Saved:
    """Read everything but the weights' values.

    Raises:
        DamagedError: if a part is missing or is not what it should be.
    """
    if zip_file.looks_like(source.head):
        return _from_archive(source)
    return _from_hdf5(source)


def _from_archive(source: Source) -> Saved:
    for name in (_CONFIG, _INSIDE):
        if name not in source.members:
            raise DamagedError(f"it has no {name}")
    metadata = {}
    if _METADATA in source.members:
        metadata = _parsed(source.members[_METADATA].bytes(_MOST_TEXT_BYTES))
    config = _parsed(source.members[_CONFIG].bytes(_MOST_TEXT_BYTES))
    metadata = metadata if isinstance(metadata, dict) else {}
    own = metadata if metadata.get("written_by") == "netparity" else {}
    root = source.hdf5_in_archive(_INSIDE)
    release = str(metadata.get("keras_version", ""))
    return Saved(config, _major(release), "", ByKind(root), own, release)


def _from_hdf5(source: Source) -> Saved:
    root = source.hdf5
    if "model_config" not in root.attributes:
        raise DamagedError("it has no attribute 'model_config', so it does not state a network")
    text = hdf5.text(root.attributes["model_config"])
    inside = hdf5.group(root, "model_weights") if "model_weights" in root.members else root
    attributes = {**inside.attributes, **root.attributes}
    listed = [hdf5.text(name) for name in names_in(inside, "layer_names")]
    release = hdf5.text(attributes.get("keras_version", ""))
    backend = hdf5.text(attributes.get("backend", ""))
    weights = ByName(inside, listed)
    return Saved(_parsed(text.encode()), _major(release), backend, weights, release=release)


def _major(version: Any) -> int | None:
    match = re.match(r"[123](?=\.)", str(version))
    return int(match[0]) if match else None


def _parsed(text: bytes) -> Any:
    if len(text) > _MOST_TEXT_BYTES:
        raise DamagedError(
            f"its configuration is {len(text):,} bytes long; {_MOST_TEXT_BYTES:,} at most"
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"its configuration is not JSON: {error}") from error
