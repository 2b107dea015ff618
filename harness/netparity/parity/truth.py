"""What features are judged against: one input, the reference on it, and the noise floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.models import Layer, Model
from netparity.parity.arithmetic import Array
from netparity.parity.floor import ORDERS, LayerFloor, reference_with_floor
from netparity.parity.network import RIGHT, How, Weights, apply_layer
from netparity.protocol.lazy import LazyMapping

INPUT = "input"
"""Where a network begins, in place of a layer's name."""


@dataclass(frozen=True)
class Truth:
    """The right values for one input.

    Attributes:
        images: N x H x W x 3 float32, RGB, mean subtracted.
        reference: layer name to float64 values.
        floors: layer name to the relative L2 error that float32 rounding alone makes.
        weights: None where they are not at hand: then nothing local can be computed.
    """

    model: Model
    images: npt.NDArray[np.float32]
    reference: Mapping[str, Array]
    floors: Mapping[str, float]
    weights: Weights | None = None


def between(model: Model, since: str, until: str) -> Sequence[Layer]:
    """The layers after `since` (a layer's name or `INPUT`) up to and with `until`."""
    names = [INPUT, *(layer.name for layer in model.layers)]
    return model.layers[names.index(since) : names.index(until)]


def run_layers(layers: Sequence[Layer], weights: Weights, x: Array, how: How = RIGHT) -> Array:
    """Several layers in a row, in the precision of `x`."""
    for layer in layers:
        x = apply_layer(layer, weights, x, how)
    return x


def in_order(model: Model, names: Iterable[str]) -> list[Layer]:
    """The layers of these names, in the network's order."""
    wanted = set(names)
    return [layer for layer in model.layers if layer.name in wanted]


class ReferencePass(LazyMapping[Array]):
    """The reference computed while it is being read, one layer in memory at a time.

    Layers must be asked for in the network's order; the last one may be asked for again.

    Attributes:
        layer_floors: the floors of the layers passed so far.
        floors: their relative L2 alone, as a `Truth` wants them.
    """

    def __init__(
        self,
        model: Model,
        weights: Weights,
        images: npt.NDArray[np.float32],
        orders: Sequence[How] = ORDERS,
        base: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__([layer.name for layer in model.layers], self._at)
        self._passes = reference_with_floor(model, weights, images, orders, base)
        self._current: tuple[str, Array] | None = None
        self.layer_floors: dict[str, LayerFloor] = {}
        self.floors: dict[str, float] = {}

    def _at(self, name: str) -> Array:
        while self._current is None or self._current[0] != name:
            try:
                layer, x, floor = next(self._passes)
            except StopIteration:
                raise ValueError(
                    f"{name} was asked for too late: layers come in the network's order"
                ) from None
            self._current = (layer.name, x)
            self.layer_floors[layer.name] = floor
            self.floors[layer.name] = floor.relative_l2
        return self._current[1]

    @classmethod
    def truth(
        cls,
        model: Model,
        weights: Weights,
        images: npt.NDArray[np.float32],
        orders: Sequence[How] = ORDERS,
    ) -> Truth:
        """What is true of these images, computed as it is needed."""
        reference = cls(model, weights, images, orders)
        return Truth(model, images, reference, reference.floors, weights)
