"""Rounding to the narrow formats in which accelerators multiply."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

Precision = Literal["tf32", "bfloat16", "float16"]
Split = Literal["bfloat16x3"]
"""A float32 number as the sum of two bfloat16 numbers, whose products are taken three at a time."""

Values = TypeVar("Values", bound=npt.NDArray[np.floating[Any]])

UNIT_ROUNDOFF = 2.0**-24
"""u of float32, rounding to nearest (Higham, Accuracy and Stability, section 2.1)."""

SIGNIFICANT_BITS: dict[Precision, int] = {"tf32": 11, "bfloat16": 8, "float16": 11}
"""Including the leading 1: NVIDIA A100 white paper (TF32), IEEE 754-2019 (binary16)."""


def rounded(x: Values, precision: Precision | Split | None) -> Values:
    """Round values to a format, to nearest with ties to even.

    In float16, values beyond 65504 become infinite, as in a tool that stores them in float16. TF32
    and bfloat16 have the range of float32.

    Returns:
        An array of the same type; the same array for None.
    """
    if precision is None:
        return x
    if precision == "bfloat16x3":
        first = rounded(x, "bfloat16")
        return first + rounded(x - first, "bfloat16")  # type: ignore[return-value]
    single = np.asarray(x, dtype=np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        if precision == "float16":
            return single.astype(np.float16).astype(x.dtype)  # type: ignore[return-value]
        dropped = np.uint32(24 - SIGNIFICANT_BITS[precision])
        bits = single.view(np.uint32)
        lowest_kept = (bits >> dropped) & np.uint32(1)
        half = (np.uint32(1) << (dropped - np.uint32(1))) - np.uint32(1)
        bits = ((bits + half + lowest_kept) >> dropped) << dropped
    return bits.view(np.float32).astype(x.dtype)  # type: ignore[return-value]


def stored_as(x: npt.NDArray[np.floating[Any]]) -> Precision | None:
    """The narrow format that holds all of these values exactly; None if there is none.

    A float32 value fits bfloat16 by chance once in 65536, but zeros and powers of two always do, so
    at least 8 distinct values are required.
    """
    if np.unique(x.ravel()[:4096]).size < 8:
        return None
    for precision in ("bfloat16", "float16"):
        if np.array_equal(rounded(x, precision), x):
            return precision
    return None
