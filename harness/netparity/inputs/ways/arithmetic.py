"""The mean subtracted in 8 bits, or another one than the network's mean image."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netparity.inputs.ways.base import Arithmetic, Pixels


def _whole(mean: Pixels) -> Pixels:
    return np.asarray(np.floor(mean + 0.5))


def _saturated(levels: Pixels, mean: Pixels) -> Pixels:
    """As MATLAB: each result is rounded and limited to 0 to 255."""
    return np.asarray(np.clip(np.floor(levels + 0.5) - _whole(mean), 0, 255))


def _saturated_late(levels: Pixels, mean: Pixels) -> Pixels:
    return np.asarray(np.clip(np.floor(np.floor(levels + 0.5) - mean + 0.5), 0, 255))


def _wrapped(levels: Pixels, mean: Pixels) -> Pixels:
    """As NumPy: 0 - 1 is 255; the mean loses its fraction."""
    return np.asarray(np.mod(np.floor(levels + 0.5) - np.floor(mean), 256))


def _wrapped_late(levels: Pixels, mean: Pixels) -> Pixels:
    """A float result that is converted to uint8."""
    return np.asarray(np.mod(np.trunc(np.floor(levels + 0.5) - mean), 256))


def _rounded(levels: Pixels, mean: Pixels) -> Pixels:
    return np.asarray(np.trunc(np.floor(levels + 0.5) - mean))


ARITHMETIC = (
    Arithmetic("the mean was subtracted in uint8, which saturates at 0 (MATLAB)", _saturated),
    Arithmetic("the image minus the mean was converted to uint8, limited to 0", _saturated_late),
    Arithmetic("the mean was subtracted in uint8, which wraps around at 0 (NumPy)", _wrapped),
    Arithmetic("the image minus the mean was converted to uint8, wrapping around", _wrapped_late),
    Arithmetic("the image minus the mean was converted to whole numbers", _rounded),
)


def _colour(levels: Pixels, mean: Pixels) -> Pixels:
    return np.asarray(levels - mean.mean(axis=(0, 1)))


def _of_image(words: str, make: Callable[[Pixels, Pixels], Pixels]) -> Arithmetic:
    return Arithmetic(words, make, mistake="mean-image")


OF_MEAN_IMAGE = (
    _of_image("the mean colour was subtracted in place of the mean image", _colour),
    _of_image("the mean image was not subtracted", lambda levels, mean: levels),
    _of_image("the mean image was subtracted twice", lambda levels, mean: levels - 2 * mean),
    _of_image(
        "the channels of the mean image are swapped", lambda levels, mean: levels - mean[..., ::-1]
    ),
    _of_image(
        "rows and columns of the mean image are swapped",
        lambda levels, mean: (
            levels - mean.swapaxes(0, 1) if mean.shape[0] == mean.shape[1] else levels
        ),
    ),
    _of_image("the mean image is mirrored", lambda levels, mean: levels - mean[:, ::-1]),
    _of_image("the mean image is upside down", lambda levels, mean: levels - mean[::-1]),
)
"""For networks with a mean image."""
