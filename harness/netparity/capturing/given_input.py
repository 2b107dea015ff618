"""The input that the user gave to a model, as the network's file takes it."""

from __future__ import annotations

import numpy as np

from netparity.capturing.arrays import Array, as_array
from netparity.errors import InputError
from netparity.networks import Network


def network_input(values: object, network: Network, channels_first: bool) -> Array:
    """The values as N x H x W x C, or as N x the shape of another input.

    Args:
        values: an array or tensor of floats; images as N x C x H x W or N x H x W x C, or one
            without N.
        channels_first: which of the two is meant where the shape leaves a choice.

    Raises:
        InputError: if they are not real numbers, or have another shape.
    """
    array = as_array(values)
    if array is None:
        plain = np.asarray(values) if isinstance(values, list | tuple) else None
        array = None if plain is None else as_array(plain)
    if array is None:
        raise InputError(
            f"the input is of type {type(values).__name__}; expected an array or tensor of "
            "floats, as the model was called with"
        )
    shape = network.image.shape
    if array.ndim == len(shape):
        array = array[None]
    orders = [array]
    if len(shape) == 3 and array.ndim == 4:
        orders.insert(0 if channels_first else 1, np.moveaxis(array, 1, -1))
    for ordered in orders:
        if ordered.shape[1:] == shape:
            return np.ascontiguousarray(ordered)
    raise InputError(_misfit(array, network))


def _misfit(array: Array, network: Network) -> str:
    shape = network.image.shape
    expected = " x ".join(map(str, ("N", *shape)))
    found = " x ".join(map(str, array.shape))
    first = f" or N x {shape[2]} x {shape[0]} x {shape[1]}" if len(shape) == 3 else ""
    return f"the input has the shape {found}; {network.name} takes {expected}{first}"
