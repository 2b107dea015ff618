"""The weights of a network whose own file states none, such as a `.prototxt`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from netparity.errors import InputError
from netparity.networks import Network
from netparity.networks.reading.base import ReadNetwork
from netparity.system.paths import usable_path
from netparity.watch import Watch
from netparity.weights.opened import refuse_unreadable
from netparity.weights.sources import WeightSet, of_network_file


def weights_beside(
    read: ReadNetwork, network: Network, weights: str | None, watch: Watch
) -> Callable[[], WeightSet] | None:
    """How the weights are found that another file has for the very nodes of a network's file.

    Args:
        network: what `read` states, perhaps with other preprocessing or further names.
        weights: as the user gave them.

    Raises:
        InputError: if a node's are missing, or the file is damaged.

    Returns:
        None if the network's file has weights itself, or the others are of no such kind; calling
        the result raises InputError if none are given.
    """
    fill = read.with_weights
    if fill is None:
        return None
    if weights is None:
        return lambda: _unstated(read)
    if weights.partition(":")[0] == "synthetic" or not weights.strip():
        return None
    given = usable_path(Path(weights), "weights")
    refuse_unreadable(given)
    filled = fill(given)
    if filled is None:
        return None
    return lambda: of_network_file(given, filled, network, watch)


def _unstated(read: ReadNetwork) -> NoReturn:
    for name in read.network.tensors:
        _ = read.tensors[name]  # raises
    raise InputError(f"{read.network.name} has no weights at all")
