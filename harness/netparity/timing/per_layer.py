"""Seconds of each layer, from the seconds from the input to each layer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from netparity.networks import Cost
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
        up_to = {
            name: estimate(processes).seconds for name, processes in layers.items() if processes
        }
        before = _timed_before(costs, up_to)
        for cost in costs:
            name = cost.layer.name
            if name not in up_to:
                continue
            earlier = before[name]
            start = 0.0 if not earlier else up_to[earlier[0]]
            yield LayerTiming(
                label=label,
                layer=name,
                up_to_seconds=up_to[name],
                own_seconds=up_to[name] - start if len(earlier) < 2 else None,
                flops=cost.flops,
                limit_seconds=least_seconds(cost, *rates) if rates else None,
            )


def _timed_before(costs: Sequence[Cost], timed: Collection[str]) -> dict[str, list[str]]:
    """The nearest timed layers that lead to each layer, without those that lead to one another."""
    before: dict[str, list[str]] = {}
    leading: dict[str, set[str]] = {}
    for cost in costs:
        name = cost.layer.name
        near = [
            each
            for read in cost.reads
            for each in ([read] if read in timed else before.get(read, []))
        ]
        near = list(dict.fromkeys(near))
        leading[name] = set(near).union(*(leading.get(each, set()) for each in near))
        before[name] = [
            each
            for each in near
            if not any(each in leading.get(other, set()) for other in near if other != each)
        ]
    return before
