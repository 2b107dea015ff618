"""From images to a network's input: resized, cropped and normalised once, given to every tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from netparity.errors import InputError, UsageError
from netparity.inputs.decode import DecodedImage
from netparity.networks import Network, Preprocessing

Tensors = Mapping[str, npt.NDArray[np.floating[Any]]]

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "area": Image.Resampling.BOX,
}
_CHANNELS = {"RGB": 3, "BGR": 3, "grey": 1}


def prepare(
    images: Sequence[DecodedImage], network: Network, tensors: Tensors | None = None
) -> npt.NDArray[np.float32]:
    """The images as one batch for the network's first input, as its preprocessing says.

    They are resized with Pillow, whose filters are antialiased when shrinking and round to whole
    grey levels; `area` is Pillow's BOX. Grey is 0.299 R + 0.587 G + 0.114 B, taken before resizing.
    A crop whose margin is odd leaves the larger part at the bottom and right.

    Args:
        tensors: the network's, of which only a mean image is read.

    Returns:
        N x H x W x C float32.

    Raises:
        UsageError: if the network does not say what it expects of an image.
        InputError: if an image cannot become its input.
    """
    entry = network.inputs[0]
    expected = entry.preprocessing
    if expected is None:
        raise UsageError(
            f"{network.name} does not say what is done to an image before its input "
            f"{entry.name!r}; give --preprocess caffe, tf, torch or none, or the input itself with "
            "--input"
        )
    channels = _CHANNELS[expected.order]
    if len(entry.shape) != 3 or entry.shape[2] != channels:
        raise InputError(
            f"the input {entry.name!r} of {network.name} has the shape "
            f"{' x '.join(map(str, entry.shape))}, which no {expected.order} image has; give the "
            "input itself with --input"
        )
    height, width = entry.shape[:2]
    resized = [_resized(image, expected, (height, width)) for image in images]
    pixels = np.stack([np.asarray(image, dtype=np.float32) for image in resized])
    return normalised(pixels.reshape(len(images), *entry.shape), expected, tensors)


def normalised(
    pixels: npt.NDArray[np.float32], expected: Preprocessing, tensors: Tensors | None = None
) -> npt.NDArray[np.float32]:
    """(value * scale - mean) / deviation, in float32; a step that has no effect is left out.

    Args:
        pixels: N x H x W x 3 in RGB, or x 1 in grey, with values of 0 to 255.

    Raises:
        InputError: if the mean image is missing or has another size.
    """
    values = pixels[..., ::-1] if expected.order == "BGR" else pixels
    if expected.scale != 1.0:
        values = values * np.float32(expected.scale)
    mean = _mean(expected, tensors, pixels.shape[1:])
    deviation = np.asarray(expected.deviation, dtype=np.float32)
    values = values - mean
    if np.any(deviation != 1):
        values = values / deviation
    return np.ascontiguousarray(values, dtype=np.float32)


def _mean(
    expected: Preprocessing, tensors: Tensors | None, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    name = expected.mean_image
    if name is None:
        return np.asarray(expected.mean, dtype=np.float32)
    if tensors is None or name not in tensors:
        raise InputError(
            f"the mean image {name!r} is missing; give the file that states it, or --mean R,G,B"
        )
    image = np.asarray(tensors[name], dtype=np.float32)
    if image.shape != tuple(shape):
        raise InputError(
            f"the mean image {name!r} has the shape {' x '.join(map(str, image.shape))}, expected "
            f"that of the input, {' x '.join(map(str, shape))}"
        )
    return image


def _resized(decoded: DecodedImage, expected: Preprocessing, size: tuple[int, int]) -> Image.Image:
    """An image of height x width `size`."""
    image = Image.fromarray(decoded.pixels)
    if expected.order == "grey":
        image = image.convert("L")
    height, width = size_before_crop((image.height, image.width), expected, size)
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    if top < 0 or left < 0:
        raise InputError(
            f"image {decoded.path} is resized to {height} x {width}, which is smaller than the "
            f"network's input of {size[0]} x {size[1]}"
        )
    image = image.resize((width, height), _FILTERS[expected.filter])
    if (height, width) == size:
        return image
    return image.crop((left, top, left + size[1], top + size[0]))


def size_before_crop(
    image: tuple[int, int], expected: Preprocessing, size: tuple[int, int]
) -> tuple[int, int]:
    """Height and width to which an image is resized.

    Proportions are kept such that the image covers the size that is asked for.
    """
    height, width = expected.resize or size
    if expected.keep_aspect:
        factor = max(height / image[0], width / image[1])
        return max(height, round(image[0] * factor)), max(width, round(image[1] * factor))
    return height, width
