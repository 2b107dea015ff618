"""The shared input with other resize methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netparity.inputs.catalogue import RESIZES
from netparity.inputs.decode import DecodedImage
from netparity.inputs.stages import candidates
from netparity.networks import Network
from netparity.networks.plain_input import from_plain, takes_colour


def other_tensors(
    images: Sequence[DecodedImage], model: Network, shared: npt.NDArray[np.float32]
) -> dict[str, npt.NDArray[np.float32]]:
    """The tensors of every known resize method that differ from the shared one.

    Args:
        shared: the network's input as it should be made of the images.

    Returns:
        The resize in words to the network's input. Of several methods with the same tensor, the
        most common one. Nothing for networks that take no colour images.
    """
    if not images or not takes_colour(model):
        return {}
    if all(image.pixels.shape[:2] == model.input_size for image in images):
        return {}
    seen = {shared.tobytes()}
    found: dict[str, npt.NDArray[np.float32]] = {}
    for resize in RESIZES:
        tensors = [
            tensor
            for image in images
            for _, tensor in candidates(image.pixels, model, among=[resize])
        ]
        tensor = from_plain(np.stack(tensors), model).astype(np.float32)
        if (key := tensor.tobytes()) not in seen:
            seen.add(key)
            found[resize.words] = tensor
    return found
