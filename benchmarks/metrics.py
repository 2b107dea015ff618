"""How fast `netparity.parity.measure` is, beside what the machine's memory can do.

    .venv/bin/python -m benchmarks.metrics [--rounds 7] [--threads 2]

For arrays of a large size and of VGG16's layers (one image), x in float32 against r in float64 as
in a run: the time of one call, the GB/s of both arrays read once (12 bytes per value), and the
share of the machine's copy rate, counted the same way: bytes read by `numpy.copyto` from an array
as large as both together, on as many threads. Copy and call take turns and the best of the rounds
counts, so the last column is worth more than the others on a machine that is shared.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from netparity.parity import measure
from netparity.parity.metrics import THREADS

SIZES = {
    "large": 13_000_000,
    "conv1_1": 224 * 224 * 64,
    "conv3_3": 56 * 56 * 256,
    "conv5_3": 14 * 14 * 512,
    "pool5": 7 * 7 * 512,
    "fc6": 4096,
    "fc8": 1000,
}


def features(count: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """A ReLU layer and its reference: half zeros, a relative error of about 1e-6."""
    rng = np.random.default_rng(0)
    before = rng.normal(0, 1, count)
    noise = rng.normal(0, 1e-6, count)
    return np.maximum(before + noise, 0).astype(np.float32), np.maximum(before, 0)


def seconds(action: Callable[[], object], calls: int) -> float:
    """Mean time of one call."""
    start = time.perf_counter()
    for _ in range(calls):
        action()
    return (time.perf_counter() - start) / calls


def copier(size_bytes: int, threads: int) -> Callable[[], object]:
    """Something that copies so many bytes, on as many threads as share them."""
    source, target = np.ones(size_bytes // 8), np.zeros(size_bytes // 8)
    parts = list(zip(np.array_split(source, threads), np.array_split(target, threads), strict=True))
    if threads == 1 or size_bytes < 2**22:
        return lambda: np.copyto(target, source)
    pool = ThreadPoolExecutor(threads)
    return lambda: list(pool.map(lambda part: np.copyto(part[1], part[0]), parts))


def main() -> None:
    """Print one row for each size."""
    parser = argparse.ArgumentParser(description="Speed of netparity.parity.measure.")
    parser.add_argument("--rounds", type=int, default=7, help="the best of so many counts")
    parser.add_argument("--threads", type=int, default=THREADS, help="at most so many")
    arguments = parser.parse_args()

    measure([1.0, 2.0], [2.0, 1.0])  # imports scipy.stats
    print(f"{'array':10}{'values':>11}{'ms':>9}{'GB/s':>7}{'copy GB/s':>11}{'share':>8}")
    for name, count in SIZES.items():
        x, r = features(count)
        size_bytes = x.nbytes + r.nbytes
        copy = copier(size_bytes, arguments.threads)
        calls = max(1, 1_000_000 // count)
        times = [
            (
                seconds(lambda x=x, r=r: measure(x, r, threads=arguments.threads), calls),
                seconds(copy, calls),
            )
            for _ in range(arguments.rounds)
        ]
        own, copying = (min(column) for column in zip(*times, strict=True))
        print(
            f"{name:10}{count:11}{own * 1e3:9.2f}{size_bytes / own / 1e9:7.2f}"
            f"{size_bytes / copying / 1e9:11.1f}{copying / own:8.1%}"
        )


if __name__ == "__main__":
    main()
