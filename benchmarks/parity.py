"""What parity costs on full VGG16: the reference beside dgemm, and judging every layer.

    .venv/bin/python -m benchmarks.parity [--runners 4]

Reported are ratios to what the machine's own float64 matrix product takes for as many operations,
taken side by side, and the seconds of the whole: reference with noise floor, all metrics, all pairs
and all local errors of several runners (float32 passes with sums in different orders stand in for
tools; two of them are equal, as Keras's two data formats are).
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np

from netparity.inputs import SAMPLE_IMAGE, decode, prepare
from netparity.networks import costs
from netparity.networks.catalogue.vgg import VGG16
from netparity.networks.ops.base import How
from netparity.parity import ReferencePass, Rule, Truth, compare_features, forward
from netparity.weights import resolve
from tests.support.cases import numpy_runner

ORDERS = (How(partial_sums=48), How(partial_sums=256), How(partial_sums=256), How(partial_sums=9))


def best_of(action: Callable[[], object], times: int = 3) -> float:
    """Least seconds of several calls."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def dgemm_seconds(flops: int) -> float:
    """What the machine's matrix product takes for as many operations."""
    rows, inner, columns = 3136, 1152, 512
    left, right = np.random.rand(rows, inner), np.random.rand(inner, columns)
    return best_of(lambda: left @ right, 10) * flops / (2 * rows * inner * columns)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runners", type=int, default=4)
    count = parser.parse_args().runners
    weights = dict(resolve("synthetic:0", VGG16).tensors())
    images = prepare([decode(SAMPLE_IMAGE)], VGG16)
    everything = frozenset(layer.name for layer in VGG16.layers)
    operations = sum(cost.flops for cost in costs(VGG16))
    dgemm = dgemm_seconds(operations)
    reference = best_of(lambda: forward(VGG16, weights, images, everything))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{operations / 1e9:.1f} Gflop; dgemm {dgemm:.2f} s, reference {reference:.2f} s")
    print(f"reference / dgemm: {reference / dgemm:.2f} (at most 3); peak memory {peak:.2f} GiB")

    runners = {
        f"runner {number}": numpy_runner(VGG16, weights, images, how)
        for number, how in zip(range(count), ORDERS * count, strict=False)
    }
    begun = time.perf_counter()
    passed = ReferencePass(VGG16, weights, images)
    right = {layer.name: passed[layer.name] for layer in VGG16.layers}
    floor = time.perf_counter() - begun
    truth = Truth(VGG16, images, right, passed.floors, weights)
    begun = time.perf_counter()
    entries = list(compare_features("shared", runners, dict.fromkeys(runners, truth), Rule()))
    judged = time.perf_counter() - begun
    alarms = sum(entry.verdict not in ("pass", "identical") for entry in entries)
    print(f"reference with noise floor: {floor:.1f} s")
    print(f"{len(entries)} comparisons of {count} runners, local errors included: {judged:.1f} s")
    print(f"together: {floor + judged:.1f} s (at most 30); alarms: {alarms}")


if __name__ == "__main__":
    main()
