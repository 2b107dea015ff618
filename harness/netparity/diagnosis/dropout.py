"""Dropout left active, recognised from the zeros in a layer's own output.

Dropout between two layers is not solved for: no seed reproduces the mask, and `repeatable: false`
in run.json already reports that something random is active.
"""

from __future__ import annotations

import numpy as np

from netparity.networks.ops.base import Array

SCALES = (2.0, 1.0, 10 / 9, 1.25, 4 / 3, 10 / 7, 5 / 3, 2.5, 10 / 3, 5.0)
"""1 / (1 - p) for the usual rates p, and 1 where the kept values are not scaled."""

_FEWEST = 4
"""Values that must be dropped, and values that must be kept."""


def output_mask(values: Array, right: Array) -> Array | None:
    """Factors by which dropout changed a layer's output; None if it cannot have been dropout.

    Args:
        values: N x units, as exported.
        right: N x units, as they should be.
    """
    alive = right > 0
    dropped, kept = alive & (values == 0), alive & (values != 0)
    if dropped.sum() < _FEWEST or kept.sum() < _FEWEST:
        return None
    scale = float(np.median(values[kept] / right[kept]))
    nearest = min(SCALES, key=lambda known: abs(known - scale))
    if abs(nearest - scale) > 1e-3:
        return None
    return np.where(dropped, 0.0, nearest)
