"""What features are judged against: one input, its reference and its noise floor."""

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
"""The start of a network, where a layer's name is expected."""


@dataclass(frozen=True)
class Truth:
    """The correct values for one input.

    Attributes:
        images: N x H x W x 3 float32, RGB, mean subtracted.
        reference: layer name to float64 values.
        floors: layer name to the relative L2 error of float32 rounding alone.
        weights: None if they are not available; local errors cannot be computed then.
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
    """Compute several layers in a row, in the precision of `x`."""
    for layer in layers:
        x = apply_layer(layer, weights, x, how)
    return x


def in_order(model: Model, names: Iterable[str]) -> list[Layer]:
    """The layers with these names, in network order."""
    wanted = set(names)
    return [layer for layer in model.layers if layer.name in wanted]


class ReferencePass(LazyMapping[Array]):
    """The reference, computed while it is read, with one layer in memory at a time.

    Layers must be read in network order; the last one can be read again.

    Attributes:
        layer_floors: the floors of the layers computed so far.
        floors: their relative L2 errors, for `Truth.floors`.
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
                    f"{name} was read too late: layers must be read in network order"
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
        """The truth for these images, computed when it is read."""
        reference = cls(model, weights, images, orders)
        return Truth(model, images, reference, reference.floors, weights)
