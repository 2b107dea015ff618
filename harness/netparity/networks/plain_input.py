"""A network's input as grey levels minus the mean, whatever the network's own normalisation is.

In this form the mistakes of preprocessing and the resizes are looked for: RGB, values of 0 to 255
minus the mean of each channel. For VGG it is the input itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks.graph import Network, Preprocessing

Values = npt.NDArray[np.floating[Any]]


def takes_colour(network: Network) -> bool:
    """Whether the network's input is an image of three channels."""
    return len(network.image.shape) == 3 and network.image.shape[2] == 3


def is_plain(network: Network) -> bool:
    """Whether the input itself is in this form."""
    given = network.image.preprocessing
    if given is None:
        return True
    plain = given.order == "RGB" and given.scale == 1 and set(given.deviation) == {1.0}
    return plain and given.mean_image is None


def to_plain(x: Values, network: Network) -> Values:
    """From N x H x W x 3 as the network takes it."""
    given = network.image.preprocessing
    if given is None or is_plain(network):
        return x
    scaled = x * np.asarray(given.deviation, x.dtype) / np.asarray(given.scale, x.dtype)
    return np.ascontiguousarray(_reordered(scaled, given))


def from_plain(x: Values, network: Network) -> Values:
    """To N x H x W x 3 as the network takes it."""
    given = network.image.preprocessing
    if given is None or is_plain(network):
        return x
    ordered = _reordered(x, given)
    scaled = ordered * np.asarray(given.scale, x.dtype) / np.asarray(given.deviation, x.dtype)
    return np.ascontiguousarray(scaled)


def in_order(x: Values, network: Network) -> Values:
    """N x H x W x 3 from RGB to the network's own order, or back."""
    given = network.image.preprocessing
    return x if given is None else _reordered(x, given)


def _reordered(x: Values, given: Preprocessing) -> Values:
    return x[..., ::-1] if given.order == "BGR" else x
