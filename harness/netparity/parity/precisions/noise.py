"""Errors of float32 that is less exact than it could be: fast math, Winograd, FFT."""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array
from netparity.parity.precisions.legs import compare_errors, participation

_FAST_MATH_MOST = 2.0**-13
"""Relative L2 error: approximate divisions and roots are more exact than TF32's unit roundoff."""

_MOST_OF_SUMS = 64.0
"""Largest ratio of an error behind several layers to that of float32 sums there. Winograd's
F(4 x 4, 3 x 3) has about 10; what is far larger can be a small mistake in an earlier layer."""

_LEAST_SPREAD = 0.03
_MOST_BIAS = 0.5
_LEAST_TYPICAL = 0.1
_OF_SUMS = 0.3
"""Less than both is enough at this share of what the error of float32 sums has."""

_TILES = (4, 6)
"""Outputs of a Winograd tile on each side; with 2 they are nearly alike."""

_FEWEST_TILES, _UNEQUAL = 4, 3.0
"""Tiles on each side, and the least ratio of the squares at two places of a tile."""

_FEWEST_VALUES = 64
"""With fewer values, noise cannot be distinguished from a single mistake."""


def is_noise(error: Array, right: Array, sums: Array, *, deep: bool) -> bool:
    """Whether an error is small, without a direction, and spread as that of float32 sums is.

    Args:
        error: N x the node's shape, channels last; not zero.
        right: the correct values.
        sums: the error of plain float32 sums in the same layers.
        deep: whether these are several layers with sums.
    """
    size, norm = float(np.linalg.norm(error)), float(np.linalg.norm(right))
    if error.size < _FEWEST_VALUES or norm == 0 or size / norm > _FAST_MATH_MOST:
        return False
    likeness = compare_errors(error, sums, right)
    if likeness is None or not likeness.same_shape:
        return False
    if deep and likeness.ratio > _MOST_OF_SUMS:
        return False
    along = float(np.vdot(error, right)) / norm
    bias = abs(float(error.sum())) / (size * error.size**0.5)
    if abs(along) > _MOST_BIAS * size or bias > _MOST_BIAS:
        return False
    # One wrong logit scales all other probabilities equally, which is not noise.
    remainder = error - (along / norm) * right
    least = min(_LEAST_SPREAD, _OF_SUMS * participation(sums))
    typical = min(_LEAST_TYPICAL, _OF_SUMS * _typical(sums, right))
    return all(
        participation(each) >= least and _typical(each, right) >= typical
        for each in (error, remainder)
    )


def without_tiles(error: Array) -> Array | None:
    """An error with the same size at every place of a Winograd tile; None if it shows no tiles.

    Winograd's F(m x m, 3 x 3) multiplies intermediate values by up to 8 for m = 4, and by more for
    the last rows and columns of a tile than for the first.

    Args:
        error: N x H x W x C.
    """
    if error.ndim != 4:
        return None
    squares = (error**2).sum(axis=(0, 3))
    for tile in _TILES:
        if min(squares.shape) < _FEWEST_TILES * tile:
            continue
        sizes = [
            np.array([squares[place::tile].mean() for place in range(tile)]),
            np.array([squares[:, place::tile].mean() for place in range(tile)]),
        ]
        if all(each.max() > _UNEQUAL * each.min() > 0 for each in sizes):
            rows, columns = (
                np.resize(each, length) ** 0.5
                for each, length in zip(sizes, squares.shape, strict=True)
            )
            return np.asarray(error / rows[:, None, None] / columns[:, None])
    return None


def _typical(error: Array, right: Array) -> float:
    """The relative error of a typical channel over that of the whole."""
    channels = error.shape[-1]
    noise = np.linalg.norm(error.reshape(-1, channels), axis=0)
    signal = np.linalg.norm(right.reshape(-1, channels), axis=0)
    alive = signal > 0
    typical = float(np.median(noise[alive] / signal[alive]))
    return typical / float(np.linalg.norm(error) / np.linalg.norm(right))
