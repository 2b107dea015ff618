"""scikit-image's resize: smoothed by a Gaussian, then interpolated by a spline.

Outside the image lies its mirror image, whose axis is the centre of the last pixel (3 2 | 1 2 3).
The spline is that of M. Unser, A. Aldroubi, M. Eden, IEEE Transactions on Signal Processing 41(2),
1993: its coefficients are the pixels filtered once forwards and once backwards.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from netparity.inputs.filters import Pixels, Taps
from netparity.inputs.positions import Floats, centres

_DEVIATIONS = 4.0
"""Where the Gaussian is cut off."""

_POLE = math.sqrt(3) - 2
_NEGLIGIBLE = 64
"""Pixels after which a power of the pole is below the precision of float64."""


def resized(pixels: Pixels, target: int, *, smooth: bool, cubic: bool) -> Floats:
    """Resize the first axis.

    Args:
        pixels: input pixels x anything.
        target: output pixels.
        smooth: whether to apply the Gaussian, as far as the image shrinks (`anti_aliasing`).
        cubic: whether the spline is cubic instead of linear (`order` 3 or 1).
    """
    x = np.asarray(pixels, dtype=np.float64)
    shrinking = max(0.0, (len(x) / target - 1) / 2) if smooth else 0.0
    if shrinking:
        x = gaussian_taps(len(x), shrinking).apply(x)
    place = centres(len(x), target, "half-pixel") - 0.5
    if not cubic:
        index = np.floor(place)[:, None] + np.arange(2)
        weight = 1 - np.abs(place[:, None] - index)
        return Taps(mirrored(index, len(x)), weight).apply(x)
    index = np.floor(place)[:, None] + np.arange(-1, 3)
    weight = _cubic_spline(place[:, None] - index)
    return Taps(mirrored(index, len(x)), weight).apply(_coefficients(x))


def gaussian_taps(size: int, deviation: float) -> Taps:
    """A Gaussian around each pixel, with a sum of 1."""
    reach = int(_DEVIATIONS * deviation + 0.5)
    steps = np.arange(-reach, reach + 1)
    weight = np.exp(-0.5 * (steps / deviation) ** 2)
    index = mirrored(np.arange(size)[:, None] + steps, size)
    return Taps(index, np.broadcast_to(weight / weight.sum(), index.shape))


def mirrored(index: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.int64]:
    """Places of an axis without end in an image that is mirrored at its last pixels."""
    if size == 1:
        return np.zeros(index.shape, dtype=np.int64)
    folded = np.mod(index.astype(np.int64), 2 * size - 2)
    return np.asarray(np.minimum(folded, 2 * size - 2 - folded))


def _cubic_spline(t: Floats) -> Floats:
    t = np.abs(t)
    return np.where(t < 1, 2 / 3 - t * t + t**3 / 2, np.clip(2 - t, 0, None) ** 3 / 6)


def _coefficients(x: Floats) -> Floats:
    """Those with which the cubic spline goes through every pixel, along the first axis."""
    if len(x) == 1:
        return x
    made = 6 * x
    powers = _POLE ** np.arange(_NEGLIGIBLE)
    made[0] = np.tensordot(powers, made[mirrored(np.arange(_NEGLIGIBLE), len(x))], axes=1)
    for i in range(1, len(x)):
        made[i] += _POLE * made[i - 1]
    made[-1] = (made[-1] + _POLE * made[-2]) * _POLE / (_POLE**2 - 1)
    for i in range(len(x) - 2, -1, -1):
        made[i] = _POLE * (made[i + 1] - made[i])
    return made
