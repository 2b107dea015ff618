"""Several views of an image, whose features are averaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netparity.inputs.ways.base import Geometry, Pixels, Scale, Size, covers, cut, scaled
from netparity.inputs.ways.crops import covering, sizes_before, squashed

_SIZES = 3
"""How many of the usual sizes: each costs ten passes."""

Resized = Callable[[Pixels, Size, Scale, Callable[[float], int]], Pixels]


def _and_mirror(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
    made = scaled(pixels, *size, resize)
    return [made, made[:, ::-1]]


def crops_of(large: Pixels, size: Size) -> list[Pixels]:
    """The four corners and the middle, each with its mirror image: ten views."""
    height, width = (large.shape[axis] - size[axis] for axis in (0, 1))
    middle = (round(height / 2), round(width / 2))
    places = [(0, 0), (0, width), (height, 0), (height, width), middle]
    five = [cut(large, top, left, size) for top, left in places]
    return [*five, *[view[:, ::-1] for view in five]]


def _crops(
    resized: Resized, before: Size, count: int
) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        large = resized(pixels, before, resize, int)
        return crops_of(large, size)[:count] if covers(large, size) else []

    return make


def geometries(size: Size) -> Iterator[Geometry]:
    """The image and its mirror image; ten and five crops of usual sizes."""
    yield Geometry("image-views", "the image and its mirror image", _and_mirror, 2)
    for before in sizes_before(size)[:_SIZES]:
        for resized, how in ((covering, "whose shorter side is"), (squashed, "resized to")):
            words = f"ten crops of the image {how} {before[0]}"
            tool = "pillow" if (before, resized) == (sizes_before(size)[0], covering) else ""
            yield Geometry("image-views", words, _crops(resized, before, 10), 10, tool)
    before = sizes_before(size)[0]
    words = f"five crops of the image whose shorter side is {before[0]}"
    yield Geometry("image-views", words, _crops(covering, before, 5), 5)
