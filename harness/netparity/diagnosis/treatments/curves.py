"""Features put through a function of each value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from netparity.diagnosis.treatments.base import Apply, Treatment
from netparity.networks.ops.base import Array

CURVES: dict[str, Apply] = {
    "treated-root": lambda x: np.sign(x) * np.sqrt(np.abs(x)),
    "treated-log": lambda x: np.sign(x) * np.log1p(np.abs(x)),
    "treated-square": np.square,
    "treated-sigmoid": lambda x: 1 / (1 + np.exp(-np.clip(x, -80, 80))),
    "treated-tanh": np.tanh,
    "treated-binary": lambda x: (x > 0).astype(x.dtype),
}


def treatments(values: Array) -> Iterator[Treatment]:
    """Every one, whatever the values are."""
    for key, curve in CURVES.items():
        yield Treatment(key, curve)
