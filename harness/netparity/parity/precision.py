"""Which arithmetic made an error: the narrow formats of accelerators, or careless float32.

An error is taken for a narrow format's when every value fits that format, or when it looks like
what rounding the operands does to this very layer and input: not its size alone, but its pattern,
value by value.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netparity.models.rounding import SIGNIFICANT_BITS, Precision, stored_as
from netparity.parity.arithmetic import Array
from netparity.parity.network import How
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
_LEAST_TYPICAL = 0.1
_FEWEST_VALUES = 64
"""Of fewer values one cannot tell noise from a single mistake."""


SIMULATED: dict[Precision, How] = {name: How(operands=name) for name in ("tf32", "bfloat16")}
"""TF32 and float16 operands round alike: where nothing was stored narrowly, both are TF32's."""


def identify(x: Array, right: Array, simulate: Callable[[How], Array]) -> Arithmetic | None:
    """The arithmetic that explains how x differs from the right values; None if none does.

    Args:
        x: the runner's values, finite.
        right: what they should be.
        simulate: the same layers computed in a stated way.
    """
    difference = x - np.asarray(right, dtype=np.float64)
    error = difference.ravel()
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
    return "fast-math" if _is_noise(difference, np.asarray(right, dtype=np.float64)) else None


def _is_noise(error: Array, right: Array) -> bool:
    """Small, without a direction, and spread over all values rather than sitting in a few."""
    size, norm = float(np.linalg.norm(error)), float(np.linalg.norm(right))
    if error.size < _FEWEST_VALUES or norm == 0 or size / norm > _FAST_MATH_MOST:
        return False
    along = float(np.vdot(error, right)) / norm
    bias = abs(float(error.sum())) / (size * error.size**0.5)
    if abs(along) > _MOST_BIAS * size or bias > _MOST_BIAS:
        return False
    # One wrong logit scales all other probabilities alike: that is no noise either.
    beside = error - (along / norm) * right
    return _is_spread(error, right) and _is_spread(beside, right)


def _is_spread(error: Array, right: Array) -> bool:
    """Whether all values are wrong, and the typical channel as much as the whole."""
    squares = error.ravel() ** 2
    # The participation ratio: 1/3 for Gaussian noise, 1/n for a single wrong value.
    spread = float(squares.sum() ** 2 / (error.size * (squares**2).sum()))
    if spread < _LEAST_SPREAD:
        return False
    channels = error.shape[-1]
    noise = np.linalg.norm(error.reshape(-1, channels), axis=0)
    signal = np.linalg.norm(right.reshape(-1, channels), axis=0)
    alive = signal > 0
    typical = float(np.median(noise[alive] / signal[alive]))
    return typical >= _LEAST_TYPICAL * float(np.linalg.norm(error) / np.linalg.norm(right))
