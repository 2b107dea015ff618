"""The shared input with other resize methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netparity.inputs.catalogue import RESIZES
from netparity.inputs.decode import DecodedImage
from netparity.inputs.preprocess import shared_tensor
from netparity.inputs.stages import candidates
from netparity.models import Model


def other_tensors(
    images: Sequence[DecodedImage], model: Model
) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors of every known resize method that differ from the shared one.

    Returns:
        The resize in words to N x H x W x 3 float32, RGB, mean subtracted. Of several methods with
        the same tensor, the most common one.
    """
    if not images or all(image.pixels.shape[:2] == model.input_size for image in images):
        return {}
    seen = {shared_tensor(images, model).tobytes()}
    found: dict[str, npt.NDArray[np.float32]] = {}
    for resize in RESIZES:
        tensors = [
            tensor
            for image in images
            for _, tensor in candidates(image.pixels, model, among=[resize])
        ]
        tensor = np.stack(tensors).astype(np.float32)
        if (key := tensor.tobytes()) not in seen:
            seen.add(key)
            found[resize.words] = tensor
    return found
