"""A picture, and what Pillow's and torchvision's users do to it by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[Any]


def picture(size: tuple[int, int]) -> Image.Image:
    """In colour, with edges, texture and no symmetry; not square."""
    height, width = round(1.6 * size[0]), round(2.1 * size[1])
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    smooth = np.asarray(
        Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC), dtype=float
    )
    blocks = np.kron(
        rng.integers(-40, 40, (height // 8 + 1, width // 8 + 1, 3)), np.ones((8, 8, 1))
    )[:height, :width]
    texture = rng.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(smooth + blocks + texture, 0, 255).astype(np.uint8))


def shorter_side(image: Image.Image, side: int, method: Image.Resampling) -> Image.Image:
    """As torchvision's `Resize(side)`: the longer side is rounded down."""
    width, height = image.size
    if width > height:
        return image.resize((int(side * width / height), side), method)
    return image.resize((side, int(side * height / width)), method)


def middle(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """As torchvision's `CenterCrop`."""
    top, left = round((image.height - size[0]) / 2.0), round((image.width - size[1]) / 2.0)
    return image.crop((left, top, left + size[1], top + size[0]))


def ten_crops(large: Array, size: tuple[int, int]) -> list[Array]:
    """As torchvision's `TenCrop`."""
    height, width = large.shape[0] - size[0], large.shape[1] - size[1]
    places = [(0, 0), (0, width), (height, 0), (height, width)]
    places.append((round(height / 2.0), round(width / 2.0)))
    five = [large[top : top + size[0], left : left + size[1]] for top, left in places]
    return [*five, *[crop[:, ::-1] for crop in five]]


def four_digits(x: Array) -> Array:
    """As `numpy.savetxt(fmt="%.4g")` and `loadtxt`."""
    return np.vectorize(lambda value: float(f"{value:.4g}"))(x.astype(float))


def key_of(name: str) -> str:
    """The kind of what a tool's function does."""
    if "pad" in name:
        return "image-padded" if "crop_or_pad" not in name else "image-cropped"
    return "image-cropped" if "rop" in name or "smart" in name else "resize"
