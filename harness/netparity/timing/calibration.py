"""A short fixed load between the processes, which shows how fast the machine currently is."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from netparity.protocol import Calibration

SIZE = 768
"""Rows and columns of the matrices: 6.75 MiB for the three of them, and 0.9 GFLOP per product."""
COPY_BYTES = 64 * 2**20
"""More than fits in the caches of most machines."""
_TIMES = 5

MULTIPLY_FLOPS = 2 * SIZE**3


def calibrate() -> Calibration:
    """Median seconds of a single-precision matrix product and of a copy in memory.

    This takes about a fifth of a second, with the default number of threads of NumPy's BLAS.
    """
    a = np.full((SIZE, SIZE), 0.5, np.float32)
    product = np.empty_like(a)
    source = np.zeros(COPY_BYTES // 4, np.float32)
    target = np.empty_like(source)
    return Calibration(
        multiply_seconds=_median_seconds(lambda: np.matmul(a, a, out=product)),
        copy_seconds=_median_seconds(lambda: np.copyto(target, source)),
    )


def _median_seconds(work: Callable[[], object]) -> float:
    work()  # not counted: page faults and the start of BLAS's threads
    seconds = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds)
