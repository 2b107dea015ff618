"""The size of the values that a network was trained on, where its first layer tells it.

A kernel alone does not: those of Oxford's VGG16, trained on 0 to 255, are as large as those of
torchvision's, trained on values of unit variance (0.43, 0.12, 0.03 and -0.55, 0.14, 0.53 begin the
two). A batch normalisation after the first convolution does, since it keeps the variance of what
the kernel makes of the images. Whether the channels are RGB or BGR cannot be told from either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.networks import Network

Array = npt.NDArray[np.floating[Any]]

_LARGE, _SMALL = 8.0, 5.0
"""Above the one only values of 0 to 255 (deviation about 60), below the other only normalised ones
(1) or values of 0 to 1 (0.3). Neighbouring pixels are alike, so that sums of them vary more."""


def input_deviation(network: Network, tensors: Mapping[str, Array]) -> float | None:
    """The standard deviation of the image's values in training, to a factor of about 3.

    It is the root of variance / sum of squares of the kernel, over all units together, as if pixels
    were independent.

    Returns:
        None without a batch normalisation directly after the first convolution.
    """
    images = {entry.name for entry in network.inputs}
    first = next((node for node in network.nodes if node.op == "conv"), None)
    if first is None or not images & set(first.inputs):
        return None
    readers = network.readers[first.name]
    if len(readers) != 1 or readers[0].op != "batch_norm":
        return None
    kernel = np.asarray(tensors[first.tensors["kernel"]], np.float64)
    variance = np.asarray(tensors[readers[0].tensors["variance"]], np.float64)
    squares = float(np.sum(kernel**2))
    total = float(np.sum(variance))
    return math.sqrt(total / squares) if squares and total > 0 else None


def input_words(deviation: float) -> str | None:
    """What that says of the images; None between the two."""
    if deviation > _LARGE:
        return (
            f"they were trained on values with a deviation of roughly {deviation:.2g}, such as "
            "those of 0 to 255"
        )
    if deviation < _SMALL:
        return (
            f"they were trained on values with a deviation of roughly {deviation:.2g}, so not on "
            "values of 0 to 255"
        )
    return None
