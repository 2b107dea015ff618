"""The shared input: resized and normalised once, given to every tool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from netparity.inputs.decode import DecodedImage
from netparity.models import Model


def shared_tensor(images: Sequence[DecodedImage], model: Model) -> npt.NDArray[np.float32]:
    """The images as one batch: N x H x W x 3 float32, RGB, mean subtracted.

    They are resized to the model's input size with Pillow's bicubic filter (a = -0.5, antialiased
    when shrinking), without keeping the aspect ratio, as the compared tools do by default.
    """
    height, width = model.input_size
    mean = np.asarray(model.mean_rgb, dtype=np.float32)
    resized = [
        np.asarray(
            Image.fromarray(image.pixels).resize((width, height), Image.Resampling.BICUBIC),
            dtype=np.float32,
        )
        for image in images
    ]
    return np.ascontiguousarray(np.stack(resized) - mean)
