"""Resizes of 8-bit images in the integer or float32 arithmetic of their tools.

A sum of whole numbers below 2 ** 53 is exact in float64, in any order.
"""

from __future__ import annotations

import numpy as np

from netparity.inputs.filters import Kernel, Pixels, Taps
from netparity.inputs.positions import Floats

_PILLOW_BITS = 32 - 8 - 2
"""Fractional bits of Pillow's weights for 8-bit images: 32, less 8 of the pixel, less 2 spare."""

_LARGEST_INT16 = 2**15 - 1
_OPENCV_BITS, _EXACT_BITS = 11, 8


def whole(values: Floats) -> Floats:
    """Whole grey levels, halves up."""
    return np.clip(np.floor(values + 0.5), 0, 255)


def in_units(taps: Taps, bits: int) -> Taps:
    """The weights as whole multiples of 2 ** -bits, halves away from zero."""
    weight = taps.weight * 2**bits
    return Taps(taps.index, np.trunc(weight + np.copysign(0.5, weight)))


def pillow(taps: Taps, pixels: Pixels) -> Floats:
    """One axis, with weights of 22 bits."""
    return whole(in_units(taps, _PILLOW_BITS).apply(pixels) / 2**_PILLOW_BITS)


def pytorch(taps: Taps, pixels: Pixels) -> Floats:
    """One axis, with as many bits for the weights as keep the largest within 16."""
    bits, taps = 0, _merged(taps)
    while bits < _PILLOW_BITS and 0.5 + taps.weight.max() * 2 ** (bits + 1) <= _LARGEST_INT16:
        bits += 1
    return whole(in_units(taps, bits).apply(pixels) / 2**bits)


def _merged(taps: Taps) -> Taps:
    """Taps that a border has moved to the same pixel as one."""
    weight = taps.weight.copy()
    for tap in range(1, weight.shape[1]):
        same = taps.index[:, tap] == taps.index[:, tap - 1]
        weight[same, tap] += weight[same, tap - 1]
        weight[same, tap - 1] = 0
    return Taps(taps.index, weight)


def opencv(kernel: Kernel, rows: Taps, columns: Taps, pixels: Pixels) -> Floats:
    """Both axes, with weights of 11 bits; bilinear sums lose bits on their way."""
    weights = [Taps(taps.index, _nearest_units(taps.weight)) for taps in (columns, rows)]
    wide = weights[0].apply(pixels.swapaxes(0, 1)).swapaxes(0, 1)
    if kernel != "bilinear":
        total = weights[1].apply(wide) / 2 ** (2 * _OPENCV_BITS)
        return np.clip(np.rint(total), 0, 255) if kernel == "bicubic" else whole(total)
    short = np.floor(wide / 2**4)
    total = np.zeros((len(rows.index), *wide.shape[1:]))
    for tap in range(rows.index.shape[1]):
        products = weights[1].weight[:, tap, None, None] * short[rows.index[:, tap]]
        total += np.floor(products / 2**16)
    return np.asarray(np.floor((total + 2) / 4))


def opencv_exact(rows: Taps, columns: Taps, pixels: Pixels) -> Floats:
    """Both axes, bilinear with weights of 8 bits that sum to one: `INTER_LINEAR_EXACT`."""
    weights = []
    for taps in (columns, rows):
        weight = np.rint(taps.weight * 2**_EXACT_BITS)
        weight[:, 0] = 2**_EXACT_BITS - weight[:, 1:].sum(axis=1)
        weights.append(Taps(taps.index, weight))
    wide = weights[0].apply(pixels.swapaxes(0, 1)).swapaxes(0, 1)
    return whole(weights[1].apply(wide) / 2 ** (2 * _EXACT_BITS))


def in_single(taps: Taps, pixels: Pixels) -> Floats:
    """One axis in float32, tap after tap."""
    weight = taps.weight.astype(np.float32)[:, :, None, None]
    total = np.zeros((len(weight), *pixels.shape[1:]), dtype=np.float32)
    for tap in range(weight.shape[1]):
        total += weight[:, tap] * pixels[taps.index[:, tap]].astype(np.float32)
    return np.asarray(total, dtype=np.float64)


def between(taps: Taps, pixels: Pixels) -> Floats:
    """One axis as a step from the first of two pixels towards the second, in float32.

    Between equal pixels nothing is lost, so that a result can be cut off. With more taps, float64.
    """
    if taps.index.shape[1] != 2 and not (taps.weight[:, 2:] == 0).all():
        return taps.apply(pixels)
    first, second = (pixels[taps.index[:, tap]].astype(np.float32) for tap in (0, 1))
    step = (second - first) * taps.weight[:, 1].astype(np.float32)[:, None, None]
    return np.asarray(first + step, dtype=np.float64)


def _nearest_units(weight: Floats) -> Floats:
    return np.asarray(np.rint(weight.astype(np.float32) * np.float32(2**_OPENCV_BITS)), float)
