"""What OpenCV makes of an image."""

from __future__ import annotations

import cv2
import numpy as np

FLAGS = {
    "nearest": cv2.INTER_NEAREST,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos4": cv2.INTER_LANCZOS4,
    "nearest-exact": cv2.INTER_NEAREST_EXACT,
    "linear-exact": cv2.INTER_LINEAR_EXACT,
}


def made(pixels, size):
    """Name to grey levels, height x width x 3.

    Args:
        pixels: height x width x 3 uint8 in RGB.
        size: height and width.
    """
    wide = size[1], size[0]
    levels = {}
    for name, flag in FLAGS.items():
        levels[f"{name}, uint8"] = cv2.resize(pixels, wide, interpolation=flag)
        if "exact" not in name:
            image = pixels.astype(np.float32)
            levels[f"{name}, float32"] = cv2.resize(image, wide, interpolation=flag)
    return levels


def decoded(path):
    """Name to pixels of a file, height x width x 3 in RGB."""
    return {"imread": cv2.imread(path)[..., ::-1]}
