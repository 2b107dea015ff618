"""Resized in proportion, the rest filled with one colour (letterboxed)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from netparity.inputs.ways.base import Geometry, Pixels, Scale, Size, scaled

FILLS: dict[str, float | None] = {
    "black": 0.0,
    "the mean": None,
    "grey 114": 114.0,
    "grey 128": 128.0,
    "grey 127": 127.0,
    "white": 255.0,
}
"""None for the network's own mean, which is 0 after it is subtracted."""


def _filled(height: int, width: int, fill: tuple[float, ...]) -> Pixels:
    return np.broadcast_to(np.asarray(fill, dtype=np.float64), (height, width, 3)).copy()


def _down(length: float, size: int) -> tuple[int, int]:
    return int(length), (size - int(length)) // 2


def _nearest(length: float, size: int) -> tuple[int, int]:
    return round(length), (size - round(length)) // 2


def _pillow(length: float, size: int) -> tuple[int, int]:
    """As `ImageOps.pad`: half a margin is rounded to an even number."""
    return round(length), round((size - round(length)) / 2)


def _tensorflow(length: float, size: int) -> tuple[int, int]:
    """As `tf.image.resize_with_pad`: the margin is that of the length before it was rounded."""
    return int(length), int((size - length) / 2)


Placed = Callable[[float, int], tuple[int, int]]
"""From an exact length and the input's to a whole length and where it begins."""


def _letterbox(
    fill: tuple[float, ...], centred: bool, placed: Placed
) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        factor = min(size[0] / pixels.shape[0], size[1] / pixels.shape[1])
        (height, top), (width, left) = (
            placed(pixels.shape[axis] * factor, size[axis]) for axis in (0, 1)
        )
        height, width = max(1, min(size[0], height)), max(1, min(size[1], width))
        if (height, width) == size:
            return []
        top, left = top * centred, left * centred
        made = _filled(*size, fill)
        made[top : top + height, left : left + width] = scaled(pixels, height, width, resize)
        return [made]

    return make


def _padded_first(
    fill: tuple[float, ...], centred: bool
) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        height, width = pixels.shape[:2]
        side = max(height, width)
        if height == width or any(value != int(value) for value in fill):
            return []
        made = _filled(side, side, fill).astype(pixels.dtype)
        top, left = (side - height) // 2 * centred, (side - width) // 2 * centred
        made[top : top + height, left : left + width] = pixels
        return [scaled(made, *size, resize)]

    return make


def geometries(size: Size, mean: tuple[float, ...]) -> Iterator[Geometry]:
    """Every colour, with the image in the middle and in the top left corner.

    Args:
        mean: the network's, in grey levels.
    """
    for name, level in FILLS.items():
        fill = mean if level is None else (level,) * 3
        for centred, place in ((True, "in the middle"), (False, "at the top left")):
            words = f"resized in proportion {place}, the rest {name}"
            tool = "tensorflow" if name == "black" and centred else ""
            rules = (_down, _nearest, _pillow, _tensorflow) if centred else (_down, _nearest)
            for placed in rules:
                own = tool if placed is _tensorflow else ""
                yield Geometry("image-padded", words, _letterbox(fill, centred, placed), tool=own)
            words = f"to a square with {name}, the image {place}, before it was resized"
            yield Geometry("image-padded", words, _padded_first(fill, centred), tool=tool)
