"""First layers that take an image of another scale, or with another mean.

If one network takes y where the other takes x = factor y + shift for each channel, its first kernel
is the other's times the factor of each channel, and its bias has the sums of the other's kernel
times the shift. The factors and shifts follow from the tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Tensor = npt.NDArray[np.floating[Any]]
Factors = tuple[float, ...]

_LEAST_VALUES = 8
_LEAST_EQUATIONS = 5
_ROUNDING = 1e-5
_NEAR = 2e-3

_DEVIATION = (0.229, 0.224, 0.225)
_KNOWN = (
    ((255.0,) * 3, "an image of 0 to 1", "one of 0 to 255"),
    ((127.5,) * 3, "an image of -1 to 1", "one of 0 to 255"),
    (
        tuple(255 * value for value in _DEVIATION),
        "an image of 0 to 1 divided by its deviation",
        "one of 0 to 255",
    ),
    (_DEVIATION, "an image of 0 to 1 divided by its deviation", "one of 0 to 1"),
    ((0.5,) * 3, "an image of -1 to 1", "one of 0 to 1"),
)


def factors_between(a: Tensor, b: Tensor) -> Factors | None:
    """The number for each input channel by which the first kernel is the second.

    Args:
        a: height x width x channels x units.
        b: of the same shape.

    Returns:
        None if there are none, or if the kernel is too small to tell.
    """
    if a[:, :, 0].size < _LEAST_VALUES:
        return None
    found = []
    for channel in range(a.shape[2]):
        x, y = (kernel[:, :, channel].reshape(-1).astype(np.float64) for kernel in (a, b))
        norm = float(y @ y)
        factor = float(x @ y) / norm if norm else 0.0
        largest = float(np.abs(x).max())
        if factor == 0 or np.any(np.abs(x - factor * y) > _ROUNDING * (np.abs(x) + largest / 10)):
            return None
        found.append(factor)
    return tuple(found)


def shift_between(a: Tensor, b: Tensor, kernel: Tensor) -> Factors | None:
    """What is added to each channel of the second's image, if the biases differ by that alone.

    Args:
        a: the first's bias.
        b: the second's bias.
        kernel: the second's, height x width x channels x units.
    """
    units, channels = a.size, kernel.shape[2]
    if units < channels + _LEAST_EQUATIONS:
        return None
    sums = kernel.sum(axis=(0, 1), dtype=np.float64).T
    apart = a.astype(np.float64) - b
    shift, *_ = np.linalg.lstsq(sums, apart, rcond=None)
    error = np.abs(sums @ shift - apart)
    size = float(np.abs(apart).max())
    if not size or float(error.max()) > 1e-3 * size + _ROUNDING * float(np.abs(a).max()):
        return None
    return tuple(float(value) for value in shift)


def scale_words(factors: Factors) -> str:
    """What the factors mean, in words that follow the name of the layer."""
    shown = _shown(factors)
    for known, first, second in _KNOWN:
        for given in (factors, factors[::-1]):  # RGB or BGR
            if len(given) != len(known):
                continue
            if np.allclose(given, known, rtol=_NEAR):
                return f"the kernel is B's times {shown}: A takes {first}, B {second}"
            if np.allclose(given, 1 / np.array(known), rtol=_NEAR):
                return f"the kernel is B's times {shown}: A takes {second}, B {first}"
    return f"the kernel is B's times {shown} for the channels of the image"


def shift_words(shift: Factors) -> str:
    """What the shift of the image is."""
    return (
        f"the bias is B's for an image to which {_shown(shift)} is added (but for the border, "
        "where padding stays zero)"
    )


def _shown(numbers: Factors) -> str:
    return f"({', '.join(f'{number:.4g}' for number in numbers)})"
