"""From planes of brightness and colour to pixels, as libjpeg computes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.int64]

_BITS = 16
_HALF = 1 << (_BITS - 1)


def joined(
    planes: Sequence[npt.NDArray[np.uint8]], height: int, width: int, *, fancy: bool
) -> npt.NDArray[np.uint8]:
    """Height x width x 3 in RGB.

    Args:
        planes: one for grey, or Y, Cb and Cr, the latter two of full size, or of half the width,
            or of half the width and height.
        fancy: whether the latter two are interpolated; otherwise each sample is repeated.
    """
    if len(planes) == 1:
        return np.repeat(planes[0][..., None], 3, axis=2)
    y = planes[0].astype(np.int64)
    blue, red = (
        _enlarged(plane.astype(np.int64), height, width, fancy=fancy) - 128 for plane in planes[1:]
    )
    green = (-_fixed(0.34414) * blue + _HALF - _fixed(0.71414) * red) >> _BITS
    made = [
        y + ((_fixed(1.402) * red + _HALF) >> _BITS),
        y + green,
        y + ((_fixed(1.772) * blue + _HALF) >> _BITS),
    ]
    return np.asarray(np.clip(np.stack(made, axis=2), 0, 255), dtype=np.uint8)


def _fixed(value: float) -> int:
    return int(value * 2**_BITS + 0.5)


def _enlarged(plane: Plane, height: int, width: int, *, fancy: bool) -> Plane:
    """A plane in the image's size."""
    if plane.shape == (height, width):
        return plane
    narrow, low = plane.shape[1] != width, plane.shape[0] != height
    if not fancy or plane.shape[1] <= 2:
        plane = np.repeat(plane, 2, axis=0) if low else plane
        plane = np.repeat(plane, 2, axis=1) if narrow else plane
    elif low:
        # 9, 3, 3 and 1 sixteenths of the four nearest samples.
        tall = _three_to_one(plane, axis=0)
        plane = _wide(tall, before=8, after=7, shift=4)
    else:
        plane = _wide(plane, before=1, after=2, shift=2)
    return plane[:height, :width]


def _neighbours(plane: Plane, axis: int) -> tuple[Plane, Plane]:
    """The samples before and after each along an axis, with the outermost repeated."""
    places = np.arange(plane.shape[axis])
    before, after = np.maximum(places - 1, 0), np.minimum(places + 1, len(places) - 1)
    return plane.take(before, axis), plane.take(after, axis)


def _three_to_one(plane: Plane, axis: int) -> Plane:
    """Two samples for each: three quarters of it and one of the nearer neighbour, times four."""
    before, after = _neighbours(plane, axis)
    return _alternating(3 * plane + before, 3 * plane + after, axis)


def _wide(plane: Plane, *, before: int, after: int, shift: int) -> Plane:
    """The same along a row, rounded up or down in turns so that no bias arises."""
    left, right = _neighbours(plane, 1)
    first, second = 3 * plane + left + before, 3 * plane + right + after
    return _alternating(first >> shift, second >> shift, 1)


def _alternating(first: Plane, second: Plane, axis: int) -> Plane:
    made = np.stack([first, second], axis=axis + 1)
    shape = list(first.shape)
    shape[axis] *= 2
    return made.reshape(shape)
