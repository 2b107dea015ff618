"""What a file's number format did to a feature: narrow floats, decimals, or whole steps.

The format is seen in the values alone. Every value then stands for an interval, and a computation
agrees with the values as far as it lies within the intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netparity.networks.ops.base import Array
from netparity.networks.rounding import SIGNIFICANT_BITS, stored_as

_FEWEST = 32
"""Values other than zero that must lie on the grid: fewer could do so by chance."""

_FEWEST_DISTINCT = 8
_MOST_LEVELS = 256
_MOST_DIGITS = 6
_CLEAR = 50.0
"""A grid is seen only if its step is this many times what float32 itself rounds to."""

_OFF_GRID = 1e-3
"""Largest distance from the grid, in steps: what float32 leaves of a product with the step."""


@dataclass(frozen=True)
class Stored:
    """How values were rounded when they were stored.

    Attributes:
        words: the format, such as "float16" or "text of 3 decimals".
        low: the smallest values that are rounded to the stored ones, in float64.
        high: the largest ones.
    """

    words: str
    low: Array
    high: Array

    def nearest(self, computed: Array) -> Array:
        """Of all values that are stored as these are, those next to the computed ones."""
        return np.clip(computed, self.low, self.high)


def stored_format(values: Array) -> Stored | None:
    """The coarse number format that holds all of these values; None for float32 or better."""
    x = np.asarray(values, dtype=np.float64)
    if not np.isfinite(x).all():
        return None
    present = x[x != 0]
    if present.size < _FEWEST or np.unique(present).size < _FEWEST_DISTINCT:
        return None
    narrow = stored_as(np.asarray(values, dtype=np.float32))
    if narrow is not None:
        _, exponent = np.frexp(x)
        smallest = -13 if narrow == "float16" else -125
        exponent = np.maximum(np.where(x == 0, smallest, exponent), smallest)
        half = np.ldexp(0.5, exponent - SIGNIFICANT_BITS[narrow])
        return Stored(narrow, x - half, x + half)
    for words, step in (_levels(present), _decimals(present)):
        if step is not None:
            return Stored(words, x - step / 2, x + step / 2)
    return _digits(x, present)


def _decimals(present: Array) -> tuple[str, float | None]:
    for count in range(_MOST_DIGITS):
        step = 10.0**-count
        if _on_grid(present, step):
            name = "whole numbers" if count == 0 else f"{count} decimals"
            return name, step
    return "", None


def _levels(present: Array) -> tuple[str, float | None]:
    """Whole multiples of one step, at most 256 different ones: quantised to 8 bits."""
    distinct = np.unique(np.concatenate([[0.0], present]))
    if distinct.size > _MOST_LEVELS:
        return "", None
    gaps = np.diff(distinct)
    step = float(gaps.min())
    for _ in range(3):  # the smallest gap is one step; each refinement uses all values
        counts = np.rint(distinct / step)
        if np.abs(counts).max() > _MOST_LEVELS:
            return "", None
        step = float(distinct @ counts / (counts @ counts))
    return ("8 bits", step) if _on_grid(present, step) else ("", None)


def _digits(x: Array, present: Array) -> Stored | None:
    """Significant decimal digits, as `%.4g` writes them."""
    for count in range(2, _MOST_DIGITS):
        steps = 10.0 ** (np.floor(np.log10(np.abs(present))) + 1 - count)
        if _on_grid(present, steps):
            step = np.zeros_like(x)
            step[x != 0] = steps
            return Stored(f"{count} significant digits", x - step / 2, x + step / 2)
    return None


def _on_grid(present: Array, step: Array | float) -> bool:
    resolution = float(np.finfo(np.float32).eps) * np.abs(present)
    if np.any(step < _CLEAR * resolution):
        return False
    counts = present / step
    allowed = np.maximum(_OFF_GRID, 2 * resolution / step)
    return bool((np.abs(counts - np.rint(counts)) <= allowed).all())
