"""The network of a stored run."""

from __future__ import annotations

import json

from netparity.errors import InputError
from netparity.files.whole import read_whole
from netparity.networks import NETWORKS, Network
from netparity.networks.document import from_document, to_document
from netparity.protocol import Run
from netparity.results.folder import RunFolder

NETWORK_FILE = "input/network.json"
_MOST_BYTES = 2**26


def run_network(run: Run, store: RunFolder) -> Network:
    """The run's network: stored with it, or the catalogue's of this name.

    Raises:
        InputError: if it is neither stored nor known to this version of netparity.
    """
    if run.network is not None:
        return _stored(store, run.network)
    if run.model not in NETWORKS:
        raise InputError(f"the run is of model {run.model!r}; known models: {', '.join(NETWORKS)}")
    return NETWORKS[run.model]


def _stored(store: RunFolder, name: str) -> Network:
    path = store.inside(name)
    try:
        return from_document(json.loads(read_whole(path, "network", _MOST_BYTES)))
    except (ValueError, RecursionError) as error:
        raise InputError(f"the run's network {path} cannot be read: {error}") from error


def store_network(network: Network, store: RunFolder) -> str:
    """Write a network into a run's folder; returns its name there."""
    store.write_text(NETWORK_FILE, json.dumps(to_document(network), indent=1) + "\n")
    return NETWORK_FILE
