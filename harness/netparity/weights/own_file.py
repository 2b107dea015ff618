"""Whether a tool can load the user's own file, in place of one that netparity writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netparity.files import mat5
from netparity.files.source import Source
from netparity.networks import Network, opening
from netparity.networks.catalogue.vgg import widths_of
from netparity.networks.matching import Matching
from netparity.networks.reading.base import ReadNetwork
from netparity.weights import simplenn_structure
from netparity.weights.formats import keras_h5, matconvnet
from netparity.weights.matching import Match


def of_layers(source: Source, format_: str, match: Match) -> dict[str, Path]:
    """By the format's name, a Keras `.h5` as published, whose layers are a VGG network's.

    Keras fills its layers in the file's order, whatever their names.
    """
    if format_ != keras_h5.NAME or match.left_out or widths_of(match.network) is None:
        return {}
    published = keras_h5.published_layers(source)
    wanted = [layer.names["keras"] for layer in match.network.parametric_layers]
    return {format_: source.path.absolute()} if published == wanted else {}


def of_network(source: Source, read: ReadNetwork, matching: Matching) -> dict[str, Path]:
    """By the format's name, a SimpleNN `.mat` whose layers are named and ordered as published."""
    network = matching.b
    if not _is_simplenn(source, read.network) or widths_of(network) is None:
        return {}
    itself = opening.stated_by(source)
    if itself is None or itself.network.input_size != network.input_size:
        return {}  # the script resizes images to the size that the file states
    moved = any(match.moves for match in matching.tensors)
    wanted = [name for name, _, _ in simplenn_structure.listed(network)]
    if moved or _names(read.network.nodes) != wanted:
        return {}
    return {matconvnet.NAME: source.path.absolute()}


def _is_simplenn(source: Source, network: Network) -> bool:
    """Whether it is a file that the .m script loads: MAT 5 to 7 of MatConvNet 1.0-beta16 or later.

    What is older has filters and biases as fields of their own, and no `meta`.
    """
    stated = network.image.preprocessing is not None
    plain = mat5.looks_like(source.head) and source.path.name.endswith(matconvnet.SUFFIXES)
    return plain and stated and network.origin == "simplenn" and not simplenn_structure.old(source)


def _names(nodes: Sequence[object]) -> list[str]:
    return [getattr(node, "name", "") for node in nodes]
