"""Where the output pixels of a resize lie on the input axis."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Coordinates = Literal["half-pixel", "align-corners", "asymmetric"]
Positions = Literal["exact", "rounded", "single", "tabulated"]

Floats = npt.NDArray[np.float64]

_TABLE = 1024
"""Places between two pixels in TensorFlow's table of bicubic weights."""


def centres(
    source: float, target: int, coordinates: Coordinates, positions: Positions = "exact"
) -> Floats:
    """Positions of the output pixels' centres; pixel j covers the interval from j to j + 1.

    Args:
        source: input pixels.
        target: output pixels.
        coordinates: which points of input and output coincide.
        positions: `rounded` rounds them to float32 at the end, as OpenCV does; `single` computes
            them in float32, one rounding after the other, as TensorFlow and PyTorch do; `tabulated`
            also rounds them to 1024ths of a pixel.
    """
    if positions in ("exact", "rounded"):
        place = _places(source, target, coordinates, np.float64)
    else:
        place = _places(source, target, coordinates, np.float32)
    if positions == "rounded":
        place = place.astype(np.float32)
    if positions == "tabulated":
        pixel = np.floor(place)
        place = pixel + np.rint((place - pixel) * _TABLE) / _TABLE
    return place.astype(np.float64) + 0.5


def _places(
    source: float, target: int, coordinates: Coordinates, real: type[Any]
) -> npt.NDArray[Any]:
    """In units of input pixels, from the centre of the first, every step in one precision."""
    i, half = np.arange(target, dtype=real), real(0.5)
    if coordinates == "half-pixel":
        return np.asarray((i + half) * (real(source) / real(target)) - half)
    if coordinates == "asymmetric":
        return np.asarray(i * (real(source) / real(target)))
    return np.asarray(i * (real(source - 1) / real(max(1, target - 1))))


def edges(source: int, target: int) -> Floats:
    """The borders between output pixels, target + 1 of them."""
    return np.asarray(np.arange(target + 1) * (source / target), dtype=np.float64)
