"""Names of fitted means and scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from netparity.diagnosis.affine import Affine
from netparity.networks.ops.base import Array

_NEAR_MEAN = 0.05
"""Grey levels by which a fitted mean may differ from a known one."""

_NEAR_SCALE = 1e-3
"""The same for a scale, relative."""

MEANS: Mapping[str, tuple[float, ...]] = {
    "no mean": (0.0, 0.0, 0.0),
    "ImageNet's mean as Caffe's networks use it": (123.68, 116.779, 103.939),
    "ImageNet's mean as torchvision uses it": (123.675, 116.28, 103.53),
    "the mean in the wrong channel order": (103.939, 116.779, 123.68),
    "VGG-Face's mean": (129.1863, 104.7624, 93.594),
    "VGG-Face2's mean": (131.0912, 103.8827, 91.4953),
    "Fast R-CNN's mean": (122.7717, 115.9465, 102.9801),
    "Caffe's mean of ILSVRC 2012": (122.6789, 116.6688, 104.007),
    "SegNet's and FCN's mean": (122.67891434, 116.66876762, 104.00698793),
    "128 for every channel": (128.0, 128.0, 128.0),
    "127.5 for every channel": (127.5, 127.5, 127.5),
    "127 for every channel": (127.0, 127.0, 127.0),
    "one number for every channel, the mean of ImageNet's": (114.799, 114.799, 114.799),
    "OpenAI CLIP's mean": (122.7709, 116.7460, 104.0938),
    "CIFAR-10's mean": (125.307, 122.95, 113.865),
}
"""In grey levels of 0 to 255, red, green and blue."""

DEVIATIONS: Mapping[str, tuple[float, ...]] = {
    "": (1.0, 1.0, 1.0),
    "255": (255.0, 255.0, 255.0),
    "127.5": (127.5, 127.5, 127.5),
    "128": (128.0, 128.0, 128.0),
    "ImageNet's deviation as torchvision uses it": (58.395, 57.12, 57.375),
    "ImageNet's deviation as torchvision uses it (rounded)": (58.393, 57.12, 57.375),
    "1 / 0.017, as Caffe's MobileNet": (1 / 0.017,) * 3,
    "torchvision's deviation, which is for an image of 0…1": (0.229, 0.224, 0.225),
    "OpenAI CLIP's deviation": (68.5005, 66.6322, 70.3232),
}


@dataclass(frozen=True)
class Seen:
    """What the images themselves have for a mean and a deviation.

    Attributes:
        mean: in grey levels, red, green and blue.
        deviation: the same.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


def seen_in(levels: Array) -> Seen:
    """Of N x H x W x 3 grey levels."""
    values = np.asarray(levels, dtype=np.float64)
    places = tuple(range(values.ndim - 1))
    return Seen(tuple(values.mean(axis=places)), tuple(values.std(axis=places)))


def named(found: Affine, own: Sequence[float], seen: Seen) -> str:
    """The numbers in words.

    Args:
        own: the network's mean in grey levels, RGB.
        seen: of the image.
    """
    mean, deviation = found.mean, 1 / np.asarray(found.scale)
    own_mean = np.asarray(own)
    means = {
        "the network's own mean": tuple(own),
        "the network's mean twice": tuple(2 * own_mean),
        "the mean in both channel orders, as by preprocessing twice": tuple(
            own_mean + own_mean[::-1]
        ),
        "the image's own mean of each channel": seen.mean,
        "the image's own mean of all channels": (float(np.mean(seen.mean)),) * 3,
        "one number for every channel, the mean of the network's": (float(own_mean.mean()),) * 3,
        **MEANS,
    }
    deviations = {**DEVIATIONS, "the image's own deviation of each channel": seen.deviation}
    mean_words = _nearest(mean, means, _NEAR_MEAN, relative=False)
    scale_words = _nearest(deviation, deviations, _NEAR_SCALE, relative=True)
    numbers = ", ".join(f"{value:.4g}" for value in mean)
    minus = f"minus {numbers} (red, green, blue)" + (f": {mean_words}" if mean_words else "")
    if scale_words == "":
        return minus
    over = ", ".join(f"{value:.4g}" for value in deviation)
    return f"{minus}, divided by {over}" + (f": {scale_words}" if scale_words else "")


def _nearest(
    numbers: Array, known: Mapping[str, Sequence[float]], most: float, *, relative: bool
) -> str | None:
    found, least = None, most
    for words, values in known.items():
        target = np.asarray(values)
        off = np.abs(numbers - target) / (np.maximum(np.abs(target), 1e-9) if relative else 1.0)
        if float(off.max()) < least:
            found, least = words, float(off.max())
    return found
