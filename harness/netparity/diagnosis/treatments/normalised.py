"""Features divided by their own norm, largest value or deviation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from netparity.diagnosis.treatments.base import Treatment, per_image, shaped
from netparity.networks.ops.base import Array

_EXACT = 1e-5
"""Norms of float32 values that were divided by their norm are 1 to this."""

_FEWEST = 8
Measure = Callable[[Array], Array]

MEASURES: dict[str, Measure] = {
    "treated-l2": lambda x: np.linalg.norm(per_image(x), axis=1),
    "treated-l1": lambda x: np.abs(per_image(x)).sum(axis=1),
    "treated-max": lambda x: np.abs(per_image(x)).max(axis=1),
}
"""What is 1 in each image afterwards."""


def _divided(measure: Measure) -> Callable[[Array], Array]:
    def apply(x: Array) -> Array:
        sizes = measure(x)
        return x / shaped(np.where(sizes == 0, 1, sizes), x)

    return apply


def treatments(values: Array) -> Iterator[Treatment]:
    """Those that the values show by their norms."""
    if per_image(values).shape[1] < _FEWEST:
        return
    x = np.asarray(values, dtype=np.float64)
    for key, measure in MEASURES.items():
        if (np.abs(measure(x) - 1) < _EXACT).all():
            yield Treatment(key, _divided(measure), evident=True)
    norms = np.linalg.norm(x, axis=-1)
    if x.ndim == 4 and x.shape[-1] >= _FEWEST and (np.abs(norms[norms > 0] - 1) < _EXACT).all():
        yield Treatment("treated-l2-positions", _l2_positions, evident=True)
    flat = per_image(x)
    if (np.abs(flat.mean(axis=1)) < _EXACT).all():
        for freedom in (0, 1):
            if (np.abs(flat.std(axis=1, ddof=freedom) - 1) < _EXACT).all():
                yield Treatment("treated-standardised", _standardised(freedom), evident=True)
                return


def _l2_positions(x: Array) -> Array:
    norms = np.linalg.norm(x, axis=-1, keepdims=True)
    return np.asarray(x / np.where(norms == 0, 1, norms).astype(x.dtype))


def _standardised(freedom: int) -> Callable[[Array], Array]:
    def apply(x: Array) -> Array:
        flat = per_image(x)
        centred = x - shaped(flat.mean(axis=1), x)
        return np.asarray(centred / shaped(flat.std(axis=1, ddof=freedom), x))

    return apply
