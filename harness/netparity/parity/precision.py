"""Which arithmetic made an error: the narrow formats of accelerators, or careless float32.

An error is taken for a narrow format's when every value fits that format, or when it looks like
what rounding the operands does to this very layer and input: not its size alone, but its pattern,
value by value.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netparity.parity.arithmetic import Array
from netparity.parity.network import How
from netparity.parity.rounding import SIGNIFICANT_BITS, Precision, stored_as
from netparity.protocol import Arithmetic

_ALIKE = 0.6
"""Least cosine of an error to the simulated one. Unrelated errors have about n^-1/2."""

_SIZE_RANGE = (0.4, 2.5)
"""Norm of an error over that of the simulated one."""

_FAST_MATH_MOST = 2.0**-11
"""Careless float32 (reordered, approximated) is still more exact than TF32's rounding unit."""

STORED_MOST = {name: 32 * 2.0**-bits for name, bits in SIGNIFICANT_BITS.items()}
"""Largest relative L2 error of a layer whose operands and results are held so."""

_LEAST_SPREAD = 0.03
_MOST_BIAS = 0.5


SIMULATED: dict[Precision, How] = {name: How(operands=name) for name in ("tf32", "bfloat16")}
"""TF32 and float16 operands round alike: where nothing was stored narrowly, both are TF32's."""


def identify(x: Array, right: Array, simulate: Callable[[How], Array]) -> Arithmetic | None:
    """The arithmetic that explains how x differs from the right values; None if none does.

    Args:
        x: the runner's values, finite.
        right: what they should be.
        simulate: the same layers computed in a stated way.
    """
    error = (x - np.asarray(right, dtype=np.float64)).ravel()
    size = float(np.linalg.norm(error))
    if size == 0:
        return None
    stored = stored_as(x)
    if stored is not None and size <= STORED_MOST[stored] * float(np.linalg.norm(right)):
        return stored
    for name, how in SIMULATED.items():
        simulated = (np.asarray(simulate(how), dtype=np.float64) - right).ravel()
        expected = float(np.linalg.norm(simulated))
        if not np.isfinite(expected) or expected == 0:
            continue
        alike = float(error @ simulated) / (size * expected)
        if alike >= _ALIKE and _SIZE_RANGE[0] <= size / expected <= _SIZE_RANGE[1]:
            return name
    return "fast-math" if _is_noise(error, np.ravel(right), size) else None


def _is_noise(error: Array, right: Array, size: float) -> bool:
    """Small, without a direction, and spread over all values rather than sitting in a few."""
    norm = float(np.linalg.norm(right))
    if norm == 0 or size / norm > _FAST_MATH_MOST:
        return False
    squares = error**2
    # The participation ratio: 1/3 for Gaussian noise, 1/n for a single wrong value.
    spread = float(squares.sum() ** 2 / (error.size * (squares**2).sum()))
    along = abs(float(error @ right)) / (size * norm)
    bias = abs(float(error.sum())) / (size * error.size**0.5)
    return spread >= _LEAST_SPREAD and along <= _MOST_BIAS and bias <= _MOST_BIAS
