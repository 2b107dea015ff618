"""JPEG files with the accurate transform, whose colours are not interpolated.

Pillow hands out brightness as it is, and at half the size colours of half the width and height as
they are stored.
"""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from netparity.inputs.jpeg.colours import joined

_HALVED = [(2, 2), (1, 1), (1, 1)]


def decoded_plain(data: bytes) -> npt.NDArray[np.uint8]:
    """The pixels, height x width x 3 in RGB.

    Args:
        data: the file.

    Raises:
        ValueError: if its colours are not stored at half the width and height.
        OSError: if it is damaged.
    """
    image = Image.open(io.BytesIO(data), formats=["JPEG"])
    width, height = image.size
    if [tuple(layer[1:3]) for layer in getattr(image, "layer", [])] != _HALVED or height < 2:
        raise ValueError("its colours are not stored at half the width and height")
    planes = []
    for size in ((width, height), (width // 2, height // 2)):
        part = Image.open(io.BytesIO(data), formats=["JPEG"])
        part.draft("YCbCr", size)
        planes.append(np.asarray(part))
    return joined(
        [planes[0][..., 0], planes[1][..., 1], planes[1][..., 2]], height, width, fancy=False
    )
