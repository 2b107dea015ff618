"""What features are judged against: one input, its reference and its noise floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.networks import Network, Node
from netparity.networks.ops.base import Array, How
from netparity.parity.floor import ORDERS, LayerFloor, reference_with_floor
from netparity.parity.passes import Weights
from netparity.protocol.lazy import LazyMapping


@dataclass(frozen=True)
class Truth:
    """The correct values for one input.

    Attributes:
        images: the network's input, N x its shape, float32.
        reference: node name to float64 values.
        floors: node name to the relative L2 error of float32 rounding alone.
        weights: None if they are not available; local errors cannot be computed then.
    """

    network: Network
    images: npt.NDArray[np.float32]
    reference: Mapping[str, Array]
    floors: Mapping[str, float]
    weights: Weights | None = None


def in_order(network: Network, names: Iterable[str]) -> list[Node]:
    """The nodes with these names, in network order."""
    wanted = set(names)
    return [node for node in network.nodes if node.name in wanted]


class ReferencePass(LazyMapping[Array]):
    """The reference, computed while it is read, with as few nodes in memory as possible.

    Nodes must be read in network order; the last one can be read again.

    Args:
        wanted: the nodes that can be read; by default all but the inner ones.

    Attributes:
        layer_floors: the floors of the nodes computed so far.
        floors: their relative L2 errors, for `Truth.floors`.
    """

    def __init__(
        self,
        network: Network,
        weights: Weights,
        images: npt.NDArray[np.float32],
        orders: Sequence[How] = ORDERS,
        wanted: Iterable[str] | None = None,
    ) -> None:
        names = set(wanted) if wanted is not None else {node.name for node in network.features}
        super().__init__([node.name for node in in_order(network, names)], self._at)
        self._passes = reference_with_floor(network, weights, images, orders, names)
        self._current: tuple[str, Array] | None = None
        self.layer_floors: dict[str, LayerFloor] = {}
        self.floors: dict[str, float] = {}

    def _at(self, name: str) -> Array:
        while self._current is None or self._current[0] != name:
            self._current = None
            try:
                node, x, floor = next(self._passes)
            except StopIteration:
                raise ValueError(
                    f"{name} was read too late: layers must be read in network order"
                ) from None
            self._current = (node.name, x)
            self.layer_floors[node.name] = floor
            self.floors[node.name] = floor.relative_l2
        return self._current[1]

    @classmethod
    def truth(
        cls,
        network: Network,
        weights: Weights,
        images: npt.NDArray[np.float32],
        orders: Sequence[How] = ORDERS,
    ) -> Truth:
        """The truth for these images, computed when it is read."""
        reference = cls(network, weights, images, orders)
        return Truth(network, images, reference, reference.floors, weights)
