"""From an image file to a network's input, as PyTorch's users make it: torchvision's transforms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]

from graph_stack import decoded
from job_files import Preprocessing
from torchvision_import import import_torchvision

import_torchvision()
from torchvision import transforms as T  # type: ignore[import-not-found] # noqa: E402, N812

FILTERS = {"nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "area": "BOX"}


def tensor_of(image_files: Sequence[str], order: str, transforms: Any) -> Any:
    """Return images, each transformed, as N x C x H x W float32. Raises ValueError naming one."""
    return torch.stack([transforms(decoded(path, order)) for path in image_files])


def composed(
    size: tuple[int, int], preprocessing: Preprocessing, mean_image: np.ndarray | None
) -> Any:
    """Return the transform of one Pillow image.

    ToTensor divides by 255, so Normalize's numbers are divided by 255 times the network's scale:
    a user who has VGG's mean of 0 to 255 writes `Normalize([123.68 / 255, ...], [1 / 255] * 3)`.
    """
    steps = [*_resizing(size, preprocessing), T.CenterCrop(size), T.ToTensor()]
    if preprocessing.order == "BGR":
        steps.append(T.Lambda(lambda x: x.flip(0)))
    channels = 1 if preprocessing.order == "grey" else 3
    factor = 255.0 * preprocessing.scale
    deviation = _each(preprocessing.deviation, channels) / factor
    if mean_image is None:
        steps.append(T.Normalize(_each(preprocessing.mean, channels) / factor, deviation))
    else:
        mean = torch.from_numpy(np.array(mean_image, np.float32)).permute(2, 0, 1) / factor
        steps += [T.Lambda(lambda x: x - mean), T.Normalize([0.0] * channels, deviation)]
    return T.Compose(steps)


def _resizing(size: tuple[int, int], preprocessing: Preprocessing) -> list[Any]:
    """Return Resize; given one number, it resizes the shorter side and keeps the aspect."""
    name = preprocessing.filter
    if name not in FILTERS:
        raise ValueError(f"preprocessing has filter {name!r}, expected one of {list(FILTERS)}")
    filter_ = T.InterpolationMode[FILTERS[name]]
    target = tuple(preprocessing.resize or size)
    if not preprocessing.keep_aspect:
        return [T.Resize(target, filter_, antialias=True)]
    if target[0] == target[1]:
        return [T.Resize(target[0], filter_, antialias=True)]

    def covering(image: Any) -> Any:
        factor = max(target[0] / image.height, target[1] / image.width)
        wanted = (round(image.height * factor), round(image.width * factor))
        return T.functional.resize(image, wanted, filter_, antialias=True)

    return [T.Lambda(covering)]


def _each(numbers: Sequence[float], channels: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(numbers, np.float64), (channels,)).copy()
