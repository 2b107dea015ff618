"""Files whose tensors fit a network of the catalogue, but were trained with other arithmetic."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netparity.networks import Network
from netparity.weights.listing import Listing


@dataclass(frozen=True)
class Other:
    """Networks that only names tell apart.

    Attributes:
        network: what the catalogue calls its own, as a pattern.
        tensor: a name that only the other's files have, as a pattern.
        words: what differs; `{name}` is the network.
    """

    network: str
    tensor: str
    words: str


OTHERS = (
    Other(
        r"resnet\d+",
        r"(.*\.)?layer[1-4]\.\d+\.conv2\.weight",
        "its names are torchvision's, whose ResNets stride in the 3 x 3 convolutions; {name} of "
        "the catalogue is Caffe's, which strides in the 1 x 1 before. fix: --model "
        "torchvision:{name}",
    ),
)
"""A network that is to be told apart is a line here."""


def other_arithmetic(listing: Listing, network: Network) -> str | None:
    """Why a network of the catalogue does not compute what the file was trained for; None if so."""
    for other in OTHERS:
        if network.origin or not re.fullmatch(other.network, network.name):
            continue
        if any(re.fullmatch(other.tensor, name) for name in listing.tensors):
            return other.words.format(name=network.name)
    return None
