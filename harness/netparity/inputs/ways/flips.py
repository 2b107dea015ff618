"""Mirrored and rotated images."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from netparity.inputs.ways.base import Geometry, Pixels, Scale, Size, scaled

Turn = Callable[[Pixels], Pixels]

TURNS: dict[str, Turn] = {
    "mirrored (left and right are swapped)": lambda pixels: pixels[:, ::-1],
    "upside down (mirrored top to bottom)": lambda pixels: pixels[::-1],
    "rotated by 180°": lambda pixels: pixels[::-1, ::-1],
    "rotated by 90° counterclockwise": np.rot90,
    "rotated by 90° clockwise": lambda pixels: np.rot90(pixels, -1),
}


def _before(turn: Turn) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    return lambda pixels, size, resize: [scaled(turn(pixels), *size, resize)]


def _after(turn: Turn) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        turned = turn(scaled(pixels, *size, resize))
        return [turned] if turned.shape[:2] == size else []

    return make


def geometries(size: Size) -> Iterator[Geometry]:
    """Turned before resizing, and after it, which not every filter makes alike."""
    for words, turn in TURNS.items():
        yield Geometry("image-flipped", words, _after(turn))
        yield Geometry("image-flipped", words, _before(turn))
