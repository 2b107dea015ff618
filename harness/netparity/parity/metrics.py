"""How far two activations of one layer are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import distance


@dataclass(frozen=True)
class Metrics:
    """Distances between a feature x and what it is judged against, r.

    None where a value is undefined, never zero in its place.

    Attributes:
        relative_l2: ||x - r|| / ||r||, Euclidean norms over all values.
        max_abs: largest |x - r|.
        cosine_distance: 1 - x.r / (||x|| ||r||).
    """

    relative_l2: float | None
    max_abs: float | None
    cosine_distance: float | None


def measure(feature: npt.ArrayLike, against: npt.ArrayLike) -> Metrics:
    """Compare two arrays value by value, in float64; nothing is sorted, cut or averaged first.

    Raises:
        ValueError: if the shapes differ.
    """
    x = np.asarray(feature, dtype=np.float64)
    r = np.asarray(against, dtype=np.float64)
    if x.shape != r.shape:
        raise ValueError(f"shapes differ: {x.shape} and {r.shape}")
    if not (np.isfinite(x).all() and np.isfinite(r).all()):
        return Metrics(None, None, None)
    x, r = x.ravel(), r.ravel()
    norm_x, norm_r = float(np.linalg.norm(x)), float(np.linalg.norm(r))
    return Metrics(
        relative_l2=float(distance.euclidean(x, r)) / norm_r if norm_r > 0 else None,
        max_abs=float(distance.chebyshev(x, r)) if x.size else None,
        # Rounding can take the distance of equal vectors a little below zero.
        cosine_distance=max(0.0, float(distance.cosine(x, r))) if norm_x * norm_r > 0 else None,
    )
