"""The reference: a float64 forward pass in NumPy, independent of every compared tool.

Its rounding error is about 2^-29 of that of a float32 pass, so for float32 features it can be
considered exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from netparity.models import Layer, Model
from netparity.parity.arithmetic import Array
from netparity.parity.network import Weights, passes


def forward(
    model: Model,
    weights: Weights,
    images: npt.NDArray[np.float32],
    keep: frozenset[str],
    done: Callable[[Layer], None] = lambda layer: None,
) -> dict[str, Array]:
    """Run the network in float64.

    Args:
        images: N x H x W x 3, RGB, mean subtracted.
        keep: names of the layers whose output is returned; the pass ends after the last of them.
        done: called after each layer.

    Returns:
        Layer name to N x H x W x C (dense: N x units), float64, after the activation.
    """
    kept: dict[str, Array] = {}
    for layer, x in passes(model, weights, images.astype(np.float64)):
        done(layer)
        if layer.name in keep:
            kept[layer.name] = x
        if len(kept) == len(keep):
            break
    return kept


def forward_float32(
    model: Model, weights: Weights, images: npt.NDArray[np.float32]
) -> Iterator[tuple[Layer, Array]]:
    """Run the network in float32, which suffices for differences far above rounding.

    Yields:
        Layer and its output.
    """
    return passes(model, weights, images.astype(np.float32, copy=False))
