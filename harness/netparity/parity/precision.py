"""The arithmetic behind an error: a narrow format of accelerators, or inexact float32.

An error is attributed to a narrow format if every value fits that format, or if its pattern, value
by value, is that of rounding the operands for this layer and input. Its size alone is not enough.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netparity.networks.ops.base import Array, How
from netparity.networks.rounding import SIGNIFICANT_BITS, Precision, stored_as
from netparity.protocol import Arithmetic

_ALIKE = 0.6
"""Least cosine between an error and the simulated one; unrelated errors have about n^-1/2."""

_SIZE_RANGE = (0.4, 2.5)
"""Range of the ratio of an error's norm to that of the simulated error."""

_ALIKE_DEEP, _SIZE_RANGE_DEEP = 0.3, (0.5, 2.0)
"""The same behind several layers, for an error that is spread as noise is.

There the roundings of activations are no longer those of the simulation, those of weights still
are: 14 layers behind the input, TF32 of an H200 and its simulation have a cosine of 0.48 to 0.66
and sizes of 0.92 to 1.05 in ratio; bfloat16 0.44 and 1.2.
"""

_CHANCE = 10.0
"""How many standard deviations of an unrelated error's cosine, n^-1/2, a cosine must exceed."""

_FAST_MATH_MOST = 2.0**-11
"""Fast-math float32 (reordered, approximated) is still more exact than TF32's unit roundoff."""

STORED_MOST = {name: 32 * 2.0**-bits for name, bits in SIGNIFICANT_BITS.items()}
"""Largest relative L2 error of a layer whose operands and results are stored in the format."""

_LEAST_SPREAD = 0.03
_MOST_BIAS = 0.5
_LEAST_TYPICAL = 0.1
_FEWEST_VALUES = 64
"""With fewer values, noise cannot be distinguished from a single mistake."""


SIMULATED: dict[Precision, How] = {name: How(operands=name) for name in ("tf32", "bfloat16")}
"""TF32 and float16 round operands alike; without float16 storage, both are reported as TF32."""


def identify(
    x: Array, right: Array, simulate: Callable[[How], Array], *, deep: bool = False
) -> Arithmetic | None:
    """The arithmetic that explains the difference to the correct values; None if none does.

    Args:
        x: the runner's values, finite.
        right: the correct values.
        simulate: computes the same layers in a specified way.
        deep: whether these are several layers whose operands are rounded.
    """
    values = np.asarray(right, dtype=np.float64)
    difference = x - values
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
        alike, ratio = float(error @ simulated) / (size * expected), size / expected
        if alike >= _ALIKE and _SIZE_RANGE[0] <= ratio <= _SIZE_RANGE[1]:
            return name
        least = max(_ALIKE_DEEP, _CHANCE * error.size**-0.5)
        sized = _SIZE_RANGE_DEEP[0] <= ratio <= _SIZE_RANGE_DEEP[1]
        if deep and alike >= least and sized and _is_spread(difference, values):
            return name
    return "fast-math" if _is_noise(difference, values) else None


def _is_noise(error: Array, right: Array) -> bool:
    """Whether an error is small, without a direction, and spread over all values."""
    size, norm = float(np.linalg.norm(error)), float(np.linalg.norm(right))
    if error.size < _FEWEST_VALUES or norm == 0 or size / norm > _FAST_MATH_MOST:
        return False
    along = float(np.vdot(error, right)) / norm
    bias = abs(float(error.sum())) / (size * error.size**0.5)
    if abs(along) > _MOST_BIAS * size or bias > _MOST_BIAS:
        return False
    # One wrong logit scales all other probabilities equally, which is not noise.
    remainder = error - (along / norm) * right
    return _is_spread(error, right) and _is_spread(remainder, right)


def _is_spread(error: Array, right: Array) -> bool:
    """Whether the error affects all values, and a typical channel as much as the whole."""
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
