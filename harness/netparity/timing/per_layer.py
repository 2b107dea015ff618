"""Seconds of each layer, from the seconds from the input to each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netparity.models import Cost
from netparity.protocol import HardwareLimit, LayerTiming
from netparity.timing.estimate import Processes, estimate
from netparity.timing.roofline import least_seconds


def per_layer(
    runners: Mapping[str, Mapping[str, Processes]],
    costs: Sequence[Cost],
    limit: HardwareLimit | None,
) -> Iterator[LayerTiming]:
    """The seconds that each layer adds, in network order.

    Args:
        runners: label to layer to raw seconds from the input to that layer, by round.
        costs: the cost of every layer.
        limit: the machine's rates.
    """
    rates = (limit.flops_per_second, limit.bytes_per_second) if limit else None
    for label, layers in runners.items():
        before = 0.0
        for cost in costs:
            processes = layers.get(cost.layer.name)
            if not processes:
                continue
            up_to = estimate(processes).seconds
            yield LayerTiming(
                label=label,
                layer=cost.layer.name,
                up_to_seconds=up_to,
                own_seconds=up_to - before,
                flops=cost.flops,
                limit_seconds=least_seconds(cost, *rates) if rates else None,
            )
            before = up_to
