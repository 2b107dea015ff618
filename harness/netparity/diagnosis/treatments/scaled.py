"""Features multiplied by a constant, which one dot product finds."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from netparity.diagnosis.treatments.base import Treatment
from netparity.networks.ops.base import Array

_FEWEST = 8


def factor(computed: Array, values: Array) -> float:
    """The constant with which the computed values come nearest to the exported ones."""
    x = np.asarray(computed, dtype=np.float64).ravel()
    below = float(x @ x)
    return float(x @ np.asarray(values, dtype=np.float64).ravel()) / below if below else 1.0


def angle(values: Array, computed: Array) -> float:
    """Sine of the angle between them: the part of the values that no constant explains."""
    x, y = (np.ravel(each).astype(np.float64) for each in (values, computed))
    sizes = float(np.linalg.norm(x) * np.linalg.norm(y))
    cosine = float(x @ y) / sizes if sizes else 0.0
    return math.sqrt(max(0.0, 1 - cosine**2))


def treatments(values: Array) -> Iterator[Treatment]:
    """One: the constant is another for each computation."""
    if values.size >= _FEWEST:
        yield Treatment("treated-scaled", lambda x: x * x.dtype.type(factor(x, values)))
