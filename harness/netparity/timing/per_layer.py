"""Where the time of a prediction goes: seconds of each layer from seconds up to each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netparity.models import Cost
from netparity.protocol import HardwareLimit, LayerTiming
from netparity.timing.estimate import Processes, estimate


def per_layer(
    runners: Mapping[str, Mapping[str, Processes]],
    costs: Sequence[Cost],
    limit: HardwareLimit | None,
) -> Iterator[LayerTiming]:
    """What each layer adds, in the network's order.

    Args:
        runners: label to layer to raw seconds from the input to it, by round.
        costs: of all layers.
        limit: the machine's rates.
    """
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
                limit_seconds=_least(cost, limit),
            )
            before = up_to


def _least(cost: Cost, limit: HardwareLimit | None) -> float | None:
    if limit is None:
        return None
    by_products = cost.flops / limit.flops_per_second
    return max(by_products, cost.moved_bytes / limit.bytes_per_second)
