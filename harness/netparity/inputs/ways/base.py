"""The steps from a file to grey levels, each of which people take in other ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from netparity.inputs.decode import DecodedImage
from netparity.inputs.resize import Box

Pixels = npt.NDArray[Any]
"""H x W x 3 in RGB, values of 0 to 255."""

Size = tuple[int, int]


class Scale(Protocol):
    """A resize to a height and width: an `inputs.resize.Resize`, perhaps with a memory."""

    def __call__(self, pixels: Pixels, size: Size, box: Box | None = None) -> Pixels:
        """Resize an image, or a part of it."""


@dataclass(frozen=True)
class Source:
    """Another way to read a file.

    Attributes:
        words: what was done, in words that can follow "the file was read differently: ".
        read: gives the pixels, or None for files for which it makes no sense.
        rare: whether it makes sense for few files, where it is a likely mistake.
        tool: the tool that reads files so, whose resizes are likely beside it; empty for several.
    """

    words: str
    read: Callable[[DecodedImage], Pixels | None]
    rare: bool = True
    tool: str = ""


@dataclass(frozen=True)
class Geometry:
    """Another way from the pixels of a file to those of the input.

    Attributes:
        mistake: its key.
        words: what was done, in words that can follow the mistake's title.
        make: from pixels, the input's height and width and a resize to the views of the image, each
            height x width x 3; empty where the image does not allow it.
        views: how many these are.
        tool: a tool that does so, whose resizes are likely beside it.
    """

    mistake: str
    words: str
    make: Callable[[Pixels, Size, Scale], list[Pixels]]
    views: int = 1
    tool: str = ""


@dataclass(frozen=True)
class Arithmetic:
    """Another way to subtract the mean.

    Attributes:
        words: what was done.
        make: from N x H x W x 3 grey levels and the mean, both in RGB, to the difference; the mean
            is one of each channel or, where the network has one, an image (H x W x 3).
        mistake: its key.
    """

    words: str
    make: Callable[[Pixels, Pixels], Pixels]
    mistake: str = "input-arithmetic"


def scaled(pixels: Pixels, height: int, width: int, resize: Scale) -> Pixels:
    """Scaled, unless it has that size already."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return resize(pixels, (height, width))


def cut(pixels: Pixels, top: int, left: int, size: Size) -> Pixels:
    """A window of the input's size."""
    return pixels[top : top + size[0], left : left + size[1]]


def covers(pixels: Pixels, size: Size) -> bool:
    """Whether the window fits into the image."""
    return bool(np.all(np.asarray(pixels.shape[:2]) >= size))


def rounded_down(margin: int) -> int:
    """Half a margin, as NumPy's users compute it."""
    return margin // 2


def rounded_half(margin: int) -> int:
    """Half a margin, as torchvision and Pillow round it: 1.5 and 2.5 become 2."""
    return round(margin / 2.0)
