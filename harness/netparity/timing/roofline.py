"""The hardware limit for a network.

This is the roofline of S. Williams, A. Waterman and D. Patterson (Communications of the ACM 52,
2009) with rates measured on this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netparity.networks import Cost
from netparity.protocol import Calibration, HardwareLimit
from netparity.timing.calibration import COPY_BYTES, MULTIPLY_FLOPS


def hardware_limit(costs: Iterable[Cost], states: Sequence[Calibration]) -> HardwareLimit | None:
    """The limit of this machine for these layers; None if its speed was not measured.

    The rates are the best measured ones, for matrix products in the harness's own BLAS and for
    copies, counting both bytes read and bytes written.
    """
    multiply = min((state.multiply_seconds for state in states), default=0.0)
    copy = min((state.copy_seconds for state in states), default=0.0)
    if multiply <= 0 or copy <= 0:
        return None
    rate, bandwidth = MULTIPLY_FLOPS / multiply, 2 * COPY_BYTES / copy
    layers = list(costs)
    seconds = sum(least_seconds(cost, rate, bandwidth) for cost in layers)
    return HardwareLimit(
        flops=sum(cost.flops for cost in layers),
        flops_per_second=rate,
        bytes_per_second=bandwidth,
        seconds=seconds,
    )


def least_seconds(cost: Cost, flops_per_second: float, bytes_per_second: float) -> float:
    """Minimum seconds of one layer: for its operations or for its bytes, whichever takes longer."""
    return max(cost.flops / flops_per_second, cost.moved_bytes / bytes_per_second)
