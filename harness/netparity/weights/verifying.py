"""Do two files hold the same weights? Their structure is looked at first, where both state one."""

from __future__ import annotations

from pathlib import Path

from netparity.networks.catalogue.vgg import widths_of
from netparity.networks.diff import Diff, diff
from netparity.networks.matching import match_catalogue
from netparity.networks.reading.base import ReadNetwork
from netparity.watch import Watch
from netparity.weights.network_files import stated_network


def compare_networks(first: str, second: str, watch: Watch) -> Diff | None:
    """How the networks of two files differ.

    Returns:
        None if one of them states no network, or if both are the same network of layers whose
        weights `sameness` compares, which recognises more changes.

    Raises:
        InputError: if a file states a network that is not understood.
    """
    reads = [_stated(source, watch) for source in (first, second)]
    a, b = reads
    if a is None or b is None:
        return None
    found = diff(a, b, watch)
    layers = all(_is_vgg(read) for read in (a, b))
    return None if found.structure.same and layers else found


def _stated(source: str, watch: Watch) -> ReadNetwork | None:
    path = Path(source)
    return stated_network(path, watch) if path.is_file() else None


def _is_vgg(read: ReadNetwork) -> bool:
    known = match_catalogue(read.network)
    return known is not None and widths_of(known[0]) is not None
