"""What a function does to the pixels of an image, found by calling it.

The function may change the order of the channels, scale each by a factor and shift it; anything
else is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]

_ORDERS = {(0, 1, 2): "RGB", (2, 1, 0): "BGR"}
_SIZE = 4
_DIGITS = 6


class NotAffineError(ValueError):
    """The function is not an affine map of each channel."""


def preprocessing_of(function: Function) -> dict[str, Any]:
    """Return what a function of N x H x W x 3 RGB images, 0 to 255, does, as a network states it.

    The keys are `order`, `scale`, `mean` and `deviation`: each value becomes
    (value * scale - mean) / deviation.

    Raises NotAffineError for a function that does anything else.
    """
    shifts = _colour(function, (0.0, 0.0, 0.0))
    moved = [_colour(function, tuple(255.0 * (c == k) for c in range(3))) for k in range(3)]
    gains = np.array([colour - shifts for colour in moved]) / 255  # input x output
    sources = tuple(int(k) for k in np.argmax(np.abs(gains), axis=0))
    if sources not in _ORDERS:
        raise NotAffineError(f"the channels {sources} of the image become those of the input")
    factors = gains[list(sources), range(3)]
    if not np.all(factors > 0):
        raise NotAffineError(f"its factors {factors.tolist()} are not all positive")
    _check(function, sources, factors, shifts)
    if np.allclose(factors, factors[0], rtol=1e-5, atol=0):
        scale, deviation = 1 / _rounded(1 / factors[0]), np.ones(3)
    else:
        scale, deviation = 1 / 255, 1 / (255 * factors)
    mean = -shifts * deviation
    return {
        "order": _ORDERS[sources],
        "scale": float(scale),
        "mean": _listed(mean),
        "deviation": _listed(deviation),
    }


def _colour(function: Function, colour: tuple[float, ...]) -> np.ndarray:
    """Return what an image of one colour becomes, in float64. Raises NotAffineError."""
    image = np.full((1, _SIZE, _SIZE, 3), colour, np.float32)
    found = np.asarray(function(image.copy()), np.float64)
    if found.shape != image.shape:
        raise NotAffineError(f"an image of the shape {image.shape} becomes one of {found.shape}")
    if not np.allclose(found, found[:, :1, :1], rtol=1e-6, atol=1e-6):
        raise NotAffineError("an image of one colour becomes one of several")
    value: np.ndarray = found[0, 0, 0]
    return value


def _check(
    function: Function, sources: tuple[int, ...], factors: np.ndarray, shifts: np.ndarray
) -> None:
    """Raise NotAffineError unless the map predicts what becomes of an image of many colours."""
    image = np.random.default_rng(0).uniform(0, 255, (1, _SIZE, _SIZE, 3)).astype(np.float32)
    expected = image[..., list(sources)].astype(np.float64) * factors + shifts
    found = np.asarray(function(image.copy()), np.float64)
    largest = float(np.abs(expected).max())
    if float(np.abs(found - expected).max()) > 1e-5 * largest:
        raise NotAffineError("an image of many colours becomes another one than an affine map says")


def _rounded(value: float) -> float:
    """Return a number as people write it; the function computes in float32."""
    return float(f"{value:.{_DIGITS}g}")


def _listed(values: np.ndarray) -> list[float]:
    """Return the numbers, or a single one if all are the same."""
    rounded = [_rounded(float(value)) + 0.0 for value in values]
    return rounded[:1] if len(set(rounded)) == 1 else rounded
