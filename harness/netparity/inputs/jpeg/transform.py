"""The fast inverse transform of JPEG's blocks, as libjpeg rounds it.

Y. Arai, T. Agui, M. Nakajima, Transactions of the IEICE E71(11), 1988: with the inputs scaled
beforehand, one axis takes five multiplications. They are made with constants of 8 bits, products
are cut off, and two bits below the units are kept until the end.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_CONSTANT_BITS, _SCALE_BITS, _KEPT_BITS = 8, 14, 2

_SCALES = np.array([1.0] + [math.sqrt(2) * math.cos(k * math.pi / 16) for k in range(1, 8)])


def fast(coefficients: Integers, divisors: Integers) -> npt.NDArray[np.uint8]:
    """The samples of a plane, 8 * blocks down x 8 * blocks across.

    Args:
        coefficients: blocks down x blocks across x 64, as stored.
        divisors: 64 of them.
    """
    scales = np.rint(np.outer(_SCALES, _SCALES) * 2**_SCALE_BITS).astype(np.int64).ravel()
    shift = _SCALE_BITS - _KEPT_BITS
    factors = (divisors * scales + (1 << (shift - 1))) >> shift
    blocks = (coefficients * factors).reshape(*coefficients.shape[:2], 8, 8)
    samples = _one_axis(_one_axis(blocks, 2), 3) >> (_KEPT_BITS + 3)
    levels = np.clip(samples + 128, 0, 255).astype(np.uint8)
    rows = levels.transpose(0, 2, 1, 3)
    return np.ascontiguousarray(rows).reshape(8 * blocks.shape[0], 8 * blocks.shape[1])


def _one_axis(blocks: Integers, axis: int) -> Integers:
    a0, a1, a2, a3, a4, a5, a6, a7 = np.moveaxis(blocks, axis, 0)
    sum04, sum26 = a0 + a4, a2 + a6
    rotated = _times(a2 - a6, math.sqrt(2)) - sum26
    even = [sum04 + sum26, a0 - a4 + rotated, a0 - a4 - rotated, sum04 - sum26]
    sum35, sum17, less35, less17 = a5 + a3, a1 + a7, a5 - a3, a1 - a7
    odd0 = sum17 + sum35
    common = _times(less35 + less17, 2 * math.cos(math.pi / 8))
    odd1 = common - _times_less(less35) - odd0
    odd2 = _times(sum17 - sum35, math.sqrt(2)) - odd1
    odd3 = _times(less17, 2 * (math.cos(math.pi / 8) - math.cos(3 * math.pi / 8))) - common + odd2
    odd = [odd0, odd1, odd2, -odd3]
    made = [e + o for e, o in zip(even, odd, strict=True)]
    made += [e - o for e, o in zip(reversed(even), reversed(odd), strict=True)]
    return np.stack(made, axis=axis)


def _times(x: Integers, constant: float) -> Integers:
    return np.asarray((x * round(constant * 2**_CONSTANT_BITS)) >> _CONSTANT_BITS)


def _times_less(x: Integers) -> Integers:
    """2 (cos(pi / 8) + cos(3 pi / 8)) x, cut off as the product with the negative constant is."""
    return -_times(x, -2 * (math.cos(math.pi / 8) + math.cos(3 * math.pi / 8)))
