"""Features of three classes that a linear classifier can tell apart."""

from __future__ import annotations

import numpy as np

LABELS = ["cat"] * 40 + ["dog"] * 20 + ["owl"] * 4


def blobs(seed=0):
    """Features that a line can tell apart, N x 6."""
    random = np.random.default_rng(seed)
    centres = {name: random.normal(0, 4, 6) for name in ("cat", "dog", "owl")}
    return np.stack([centres[label] + random.normal(0, 0.3, 6) for label in LABELS])
