"""A network's input as the user gives it: a tensor in place of images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netparity.errors import InputError
from netparity.networks import Network

MAX_TENSORS = 64


def check_tensor(values: npt.NDArray[np.generic], network: Network) -> npt.NDArray[np.float32]:
    """The same values as float32, if they are an input of the network.

    Raises:
        InputError: for another shape, or values that are not finite floating-point numbers.
    """
    shape = network.image.shape
    if values.shape == shape:
        values = values[None]
    if values.shape[1:] != shape or not 1 <= len(values) <= MAX_TENSORS:
        expected = " x ".join(map(str, ("N", *shape)))
        raise InputError(
            f"the input tensor has shape {values.shape}; {network.name} takes {expected}, N up to "
            f"{MAX_TENSORS}{_if_channels_first(values.shape, shape)}"
        )
    if values.dtype.kind != "f" or not np.isfinite(values.astype(np.float64)).all():
        raise InputError("the input tensor must contain finite floating-point values only")
    return values.astype(np.float32)


def _if_channels_first(given: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """What to type for a tensor as PyTorch, ONNX and Caffe have it."""
    if len(shape) != 3 or given[-3:] != (shape[2], *shape[:2]):
        return ""
    axes = "(0, 2, 3, 1)" if len(given) == 4 else "(1, 2, 0)"
    return f"; it has the channels first: x.transpose{axes}"
