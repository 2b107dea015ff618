"""The order in which Keras keeps the layers of a functional model.

Files of weights number layers of one class in this order, so it must be that of Keras
(`keras.src.ops.function.map_graph`): by distance from the outputs, and among layers of the same
distance in the order in which they are met on the way back from the outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from netparity.networks.writing.keras.plan import KerasLayer, Ref


def in_keras_order(layers: Sequence[KerasLayer], outputs: Sequence[str]) -> list[KerasLayer]:
    """The layers, given in an order of computation, in Keras's order."""
    reads = {layer.name: [ref.layer for ref in _refs(layer.arguments)] for layer in layers}
    depths = dict.fromkeys(reads, 0)
    for layer in reversed(layers):
        for name in reads[layer.name]:
            depths[name] = max(depths[name], depths[layer.name] + 1)
    met: dict[str, int] = {}
    waiting = [iter(outputs)]
    while waiting:
        for name in waiting[-1]:
            if name not in met:
                met[name] = len(met)
                waiting.append(iter(reads[name]))
                break
        else:
            waiting.pop()
    return sorted(layers, key=lambda layer: (-depths[layer.name], met.get(layer.name, -1)))


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _refs(item)
