"""A picture of the differences between two inputs."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from PIL import Image

_GREY = 128.0
_GAP_PIXELS = 4
_LARGEST_GAIN = 16.0


def difference_png(stages: Mapping[str, npt.NDArray[np.floating]]) -> bytes:
    """Draw the differences of the stages side by side; grey means no difference.

    Args:
        stages: stage to N x H x W x 3 differences in grey levels; the first image is drawn.

    Returns:
        A PNG file. All panels share one gain: the largest with which all differences fit, at most
        16.
    """
    panels = [np.asarray(values[0], dtype=np.float64) for values in stages.values()]
    largest = max(float(np.abs(panel).max()) for panel in panels)
    gain = min(_LARGEST_GAIN, (_GREY - 1) / largest) if largest > 0 else _LARGEST_GAIN
    gap = np.full((panels[0].shape[0], _GAP_PIXELS, 3), 255.0)
    drawn: list[npt.NDArray[np.float64]] = []
    for panel in panels:
        drawn += [_GREY + gain * panel, gap]
    picture = np.clip(np.rint(np.concatenate(drawn[:-1], axis=1)), 0, 255).astype(np.uint8)
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "PNG", optimize=True)
    return data.getvalue()
