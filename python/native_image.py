"""From a decoded image to a network's input, in the steps that the network states."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from job_files import Preprocessing

# Pillow's names, as Keras's `load_img(interpolation=...)` uses them; `box` averages areas.
FILTERS = {"nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "area": "BOX"}


def resized(image: Any, size: tuple[int, int], preprocessing: Preprocessing) -> Any:
    """Return a Pillow image of height x width `size`, resized and cropped in the middle.

    Raises ValueError for an unknown filter, or if the crop is larger than the resized image.
    """
    from PIL import Image

    if preprocessing.filter not in FILTERS:
        raise ValueError(
            f"preprocessing has filter {preprocessing.filter!r}, expected one of {list(FILTERS)}"
        )
    height, width = preprocessing.resize or size
    if preprocessing.keep_aspect:
        factor = max(height / image.height, width / image.width)
        height, width = round(image.height * factor), round(image.width * factor)
    if (width, height) != image.size:
        resampling = getattr(Image.Resampling, FILTERS[preprocessing.filter])
        image = image.resize((width, height), resampling)
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    if top < 0 or left < 0:
        raise ValueError(
            f"the image is resized to {height} x {width}, smaller than the network's input "
            f"{size[0]} x {size[1]}; correct the preprocessing"
        )
    return image.crop((left, top, left + size[1], top + size[0])) if top or left else image


def normalised(
    pixels: np.ndarray, preprocessing: Preprocessing, mean_image: np.ndarray | None
) -> np.ndarray:
    """Return (value * scale - mean) / deviation, float32, of N x H x W x C RGB or grey pixels."""
    if preprocessing.order == "BGR":
        pixels = pixels[..., ::-1]
    mean = np.asarray(preprocessing.mean, np.float32) if mean_image is None else mean_image
    deviation = np.asarray(preprocessing.deviation, np.float32)
    scaled = pixels * np.float32(preprocessing.scale)
    return np.ascontiguousarray((scaled - mean) / deviation, dtype=np.float32)


def mean_image_of(
    preprocessing: Preprocessing, tensors: Mapping[str, np.ndarray]
) -> np.ndarray | None:
    """Return the image that is subtracted, H x W x C; None if there is none.

    Raises ValueError if it is neither a .npy file nor one of the tensors.
    """
    name = preprocessing.mean_image
    if name is None:
        return None
    if name in tensors:
        return tensors[name]
    if os.path.isabs(name) and name.endswith(".npy"):
        mean: np.ndarray = np.load(name, allow_pickle=False)
        return mean
    raise ValueError(
        f"preprocessing has mean_image {name!r}, which is neither the absolute path of a .npy file "
        "nor a tensor in the job's weights file; write the mean image to a .npy file"
    )
