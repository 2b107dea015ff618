"""What scikit-image makes of an image."""

from __future__ import annotations

from skimage import img_as_ubyte
from skimage.transform import resize


def made(pixels, size):
    """Name to grey levels, height x width x 3.

    Args:
        pixels: height x width x 3 uint8 in RGB.
        size: height and width.
    """
    levels = {"order 0": resize(pixels, size, order=0)}  # which keeps the type
    for order in (1, 3):
        for smooth in (True, False):
            name = f"order {order}" + ", anti_aliasing" * smooth
            levels[name] = 255 * resize(pixels, size, order=order, anti_aliasing=smooth)
    levels["defaults, img_as_ubyte"] = img_as_ubyte(resize(pixels, size))
    levels["defaults, preserve_range"] = resize(pixels, size, preserve_range=True)
    return levels


def decoded(path):
    """Nothing: it decodes with Pillow."""
    return {}
