"""Features whose values end at a largest one, as fixed-point numbers and clipped activations do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from netparity.diagnosis.treatments.base import Apply, Treatment
from netparity.networks.ops.base import Array

_FEWEST = 16
"""Values among which a largest one shows something."""


def treatments(values: Array) -> Iterator[Treatment]:
    """Cut off at the largest value of all, and at that of each channel.

    Where a channel was not cut off, its largest value is that of the right feature too, so that
    nothing is taken away there.
    """
    if values.size < _FEWEST or not np.isfinite(values).all():
        return
    yield Treatment("treated-saturated", _at_most(values.max()))
    if values.ndim == 4 and values[..., 0].size >= _FEWEST:
        yield Treatment("treated-saturated-channel", _at_most(values.max(axis=(0, 1, 2))))


def _at_most(limit: Array) -> Apply:
    def apply(x: Array) -> Array:
        return np.minimum(x, limit.astype(x.dtype))

    return apply
