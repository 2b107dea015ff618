"""Features whose values are in another order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from netparity.diagnosis.treatments.base import Treatment, per_image
from netparity.networks.ops.base import Array

_FEWEST = 64
"""Fewer sorted values may agree by chance."""


def treatments(values: Array) -> Iterator[Treatment]:
    """Reversed channels, exchanged rows and columns, and any order of the values of an image."""
    yield Treatment("treated-reversed", lambda x: np.ascontiguousarray(x[..., ::-1]))
    if values.ndim == 4 and values.shape[1] == values.shape[2] > 1:
        yield Treatment(
            "treated-transposed", lambda x: np.ascontiguousarray(x.transpose(0, 2, 1, 3))
        )
    if len(values) > 1:
        yield Treatment("treated-images", lambda x: x[images_order(x, values)])
    if per_image(values).shape[1] >= _FEWEST:
        ranks = np.argsort(np.argsort(per_image(values), axis=1), axis=1)

        def permuted(x: Array) -> Array:
            ordered = np.sort(per_image(x), axis=1)
            return np.take_along_axis(ordered, ranks, axis=1).reshape(x.shape)

        yield Treatment("treated-permuted", permuted)


def images_order(computed: Array, values: Array) -> Array:
    """For each image of the exported values, the computed one that is nearest to it."""
    x, y = per_image(values), per_image(computed)
    distances = np.linalg.norm(x[:, None].astype(np.float64) - y[None], axis=2)
    return np.asarray(distances.argmin(axis=1))
