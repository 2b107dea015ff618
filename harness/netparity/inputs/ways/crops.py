"""Resized to something larger than the input, then cropped; or cropped, then resized."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netparity.inputs.ways.base import (
    Geometry,
    Pixels,
    Scale,
    Size,
    covers,
    cut,
    rounded_down,
    rounded_half,
    scaled,
)

FACTORS = (256 / 224, 1 / 0.875, 1.125, 1.0, 232 / 224, 1.25, 1 / 0.9, 1 / 0.95, 1 / 0.96, 8 / 7)
"""Usual sizes before the crop, relative to the input's."""

_MARGINS = (32, 16, 8)
_CENTRAL = (0.875, 0.8, 0.9)


def sizes_before(size: Size) -> list[Size]:
    """Heights and widths to which images are usually resized before a crop, without repetition."""
    found = [(round(size[0] * factor), round(size[1] * factor)) for factor in FACTORS]
    found += [(size[0] + margin, size[1] + margin) for margin in _MARGINS]
    return list(dict.fromkeys(found))


def sizes_between(size: Size) -> list[Size]:
    """Every size up to 5/4 of the input's, in steps of 1/56 of it: 4 pixels of 224."""
    step = max(1, min(size) // 56)
    return [(size[0] + more, size[1] + more) for more in range(step, min(size) // 4, step)]


def covering(pixels: Pixels, before: Size, resize: Scale, whole: Callable[[float], int]) -> Pixels:
    """Resized in proportion, such that the shorter side has the size that is wanted.

    Args:
        whole: how the longer side is rounded.
    """
    height, width = pixels.shape[:2]
    if width * before[0] <= height * before[1]:
        return scaled(pixels, whole(before[1] * height / width), before[1], resize)
    return scaled(pixels, before[0], whole(before[0] * width / height), resize)


def squashed(pixels: Pixels, before: Size, resize: Scale, whole: Callable[[float], int]) -> Pixels:
    """Resized without keeping the proportions."""
    return scaled(pixels, *before, resize)


def _cropped(
    resized: Callable[[Pixels, Size, Scale, Callable[[float], int]], Pixels],
    before: Size,
    whole: Callable[[float], int],
    half: Callable[[int], int],
) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        large = resized(pixels, before, resize, whole)
        if not covers(large, size):
            return []
        top, left = (half(large.shape[axis] - size[axis]) for axis in (0, 1))
        return [cut(large, top, left, size)]

    return make


def geometries(size: Size) -> Iterator[Geometry]:
    """Those with usual sizes."""
    for before in sizes_before(size):
        yield from of_size(before, size)
    usual = sizes_before(size)
    for before in sizes_between(size):
        if before not in usual:
            yield from of_size(before, size)
    largest = "the largest centred square, resized"
    if size[0] != size[1]:
        largest = "the largest part in the middle with the input's proportions, resized"
    yield Geometry("image-cropped", largest, _largest, tool="tensorflow")
    yield Geometry("image-cropped", f"{largest} as by `box` of Pillow", _boxed(whole=True))
    yield Geometry("image-cropped", f"{largest} as by ImageOps.fit", _boxed(whole=False))
    for part in _CENTRAL:
        words = f"the middle {100 * part:g} % of the image, resized"
        yield Geometry("image-cropped", words, _central(part), tool="tensorflow")
    yield Geometry("image-cropped", "the middle of the image, not resized", _unscaled(centred=True))
    yield Geometry("image-cropped", "its top left corner, not resized", _unscaled(centred=False))


def of_size(before: Size, size: Size) -> Iterator[Geometry]:
    """The ways to resize to one size and crop the middle."""
    named = f"{before[0]}" if before[0] == before[1] else f"{before[0]} x {before[1]}"
    target = f"{size[0]} x {size[1]}"
    for half in (rounded_half, rounded_down):
        for whole in (int, round):
            words = f"the shorter side to {named}, then the middle {target}"
            make = _cropped(covering, before, whole, half)
            usual = before in sizes_before(size)[:1] and (half, whole) == (rounded_half, int)
            tool = "pytorch" if usual else ""
            yield Geometry("image-cropped", words, make, tool=tool)
        words = f"to {before[0]} x {before[1]}, then the middle {target}"
        if before != size:
            yield Geometry("image-cropped", words, _cropped(squashed, before, int, half))


def _largest(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
    """As Keras's `smart_resize`: whole pixels, rounded down."""
    height, width = _proportional(pixels, size)
    height, width = int(height), int(width)
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return [scaled(cut(pixels, top, left, (height, width)), *size, resize)]


def _boxed(*, whole: bool) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    """The same of an image whose pixels beside that part are used; fractions of pixels, or not."""

    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        lengths = _proportional(pixels, size)
        margins = [(pixels.shape[axis] - lengths[axis]) / 2 for axis in (0, 1)]
        if whole:
            lengths = int(lengths[0]), int(lengths[1])
            margins = [(pixels.shape[axis] - lengths[axis]) // 2 for axis in (0, 1)]
        box = (margins[0], lengths[0]), (margins[1], lengths[1])
        return [resize(pixels, size, box)]

    return make


def _proportional(pixels: Pixels, size: Size) -> tuple[float, float]:
    """Height and width of the largest part with the input's proportions."""
    height, width = pixels.shape[:2]
    return min(height, width * size[0] / size[1]), min(width, height * size[1] / size[0])


def _central(part: float) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        # As tf.image.central_crop: the margins are rounded down.
        top, left = (int((length - length * part) / 2) for length in pixels.shape[:2])
        inner = pixels[top : pixels.shape[0] - top, left : pixels.shape[1] - left]
        return [scaled(inner, *size, resize)]

    return make


def _unscaled(*, centred: bool) -> Callable[[Pixels, Size, Scale], list[Pixels]]:
    def make(pixels: Pixels, size: Size, resize: Scale) -> list[Pixels]:
        if not covers(pixels, size):
            return []
        top, left = ((pixels.shape[axis] - size[axis]) // 2 * centred for axis in (0, 1))
        return [cut(pixels, top, left, size)]

    return make
