"""How far off an input would have to be, as by noise, to cause an error."""

from __future__ import annotations

import numpy as np

from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.parity.floor import relative_l2

MOST_OF_DECODERS = 1.5
"""Grey levels by which decoders of JPEG differ at most (root mean square)."""

LEAST_OF_ROUNDING = 0.2
"""Grey levels that another rounding to whole ones makes at least; 12^-1/2 if it concerns all."""


def grey_levels(segment: Segment, error: float, base: Candidate = NO_MISTAKE) -> float | None:
    """The noise of the input that has such an effect, in grey levels (root mean square).

    Args:
        segment: the layers between the input and the judged feature.
        error: relative L2 error of the feature.
        base: mistakes that are made anyway.

    Returns:
        None if the segment begins behind the input, or the input is no image.
    """
    network = segment.network
    if not segment.from_input or len(network.inputs) != 1 or base.other_input is not None:
        return None
    given = network.inputs[0].preprocessing
    if given is None or not np.isfinite(error):
        return None
    x = np.asarray(segment.known[network.inputs[0].name], dtype=np.float32)
    level = np.float32(given.scale) / np.asarray(given.deviation, dtype=np.float32)
    noise = np.random.default_rng(0).standard_normal(x.shape, dtype=np.float32) * level
    moved = segment.compute_from(x + noise, base)
    effect = relative_l2(moved, segment.compute(base, np.float32))
    return float(error / effect) if effect else None


def like(levels: float) -> str:
    """What makes an input so far off, in words that follow a comma."""
    if levels <= MOST_OF_DECODERS:
        return "as by another JPEG decoder or another rounding after resizing"
    return "as by another resize, or a file that was saved again with losses"
