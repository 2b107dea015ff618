"""From which places of its input a resized axis reads.

The coordinates are fractions of whole numbers, so that halves are rounded exactly as the convention
says.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

COORDINATES = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
ROUNDINGS = ("floor", "round_prefer_floor", "round_prefer_ceil", "ceil")

Places = npt.NDArray[np.int64]


def _fractions(size: int, target: int, coordinates: str) -> tuple[Places, int]:
    """The coordinate of each place of the output: numerators, and their common denominator."""
    places = np.arange(target, dtype=np.int64)
    if coordinates == "align_corners":
        return places * (size - 1), max(1, target - 1)
    if coordinates == "asymmetric":
        return places * size, target
    if coordinates == "pytorch_half_pixel" and target == 1:
        return places, 1
    return (2 * places + 1) * size - target, 2 * target


def nearest(size: int, target: int, coordinates: str, rounding: str) -> Places:
    """The place that each place of the output has its value from.

    Args:
        size: of the input's axis.
        target: of the output's.
    """
    above, below = _fractions(size, target, coordinates)
    if rounding == "floor":
        found = above // below
    elif rounding == "ceil":
        found = -(-above // below)
    elif rounding == "round_prefer_floor":
        found = -((below - 2 * above) // (2 * below))
    else:
        found = (2 * above + below) // (2 * below)
    return np.clip(found, 0, size - 1)


def neighbours(
    size: int, target: int, coordinates: str
) -> tuple[Places, Places, npt.NDArray[np.float64]]:
    """The two places between which each place of the output lies, and the share of the second."""
    above, below = _fractions(size, target, coordinates)
    above = np.clip(above, 0, (size - 1) * below)
    before = above // below
    share = (above - before * below) / below
    return before, np.minimum(before + 1, size - 1), share
