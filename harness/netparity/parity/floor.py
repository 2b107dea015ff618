"""The noise floor: the effect of float32 rounding alone on each layer, for given weights and input.

It is measured, not assumed: plain float32 passes with mathematically equal sums in different orders
are compared with the reference. The largest error is the floor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netparity.networks import Network, Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Array, How, Step
from netparity.networks.rounding import UNIT_ROUNDOFF
from netparity.parity.passes import Pass, Weights, input_values
from netparity.protocol.lazy import LazyMapping

ORDERS: tuple[How, ...] = (
    How(),
    How(channel_order="shuffled"),
    How(channel_order="shuffled-again"),
    How(partial_sums=64),
    How(partial_sums="short"),
)
"""The passes: default order, channels in two other orders, sums in groups of two sizes."""


FEWER_ORDERS = (ORDERS[0], ORDERS[1], ORDERS[4])
"""For the runners' own inputs, whose floors differ little from those of the shared input."""


@dataclass(frozen=True)
class LayerFloor:
    """The floor of one layer.

    Attributes:
        relative_l2: largest relative L2 error of the passes; at least u = 2^-24, the precision of
            a float32 value.
        ulp: the same in units in the last place at the layer's scale: the root mean square error
            divided by the spacing of float32 numbers at the reference's root mean square.
        bound: upper bound on what the layer's own sums can add to the relative L2 error, whatever
            their order; None for layers without sums and for softmax.
    """

    relative_l2: float
    ulp: float | None
    bound: float | None


@np.errstate(over="ignore", invalid="ignore")
def relative_l2(x: Array, reference: Array) -> float:
    """||x - r|| / ||r||; 0 when both are zero, infinite when only the reference is."""
    norm = float(np.linalg.norm(reference))
    distance = float(np.linalg.norm(np.subtract(x, reference, dtype=np.float64)))
    if norm == 0:
        return 0.0 if distance == 0 else np.inf
    return distance / norm


def rounding_error(passes: Iterable[Array], reference: Array) -> float:
    """Largest relative L2 error of float32 passes, at least u; ignores those that overflowed."""
    errors = [relative_l2(x, reference) for x in passes]
    return max([UNIT_ROUNDOFF, *(error for error in errors if np.isfinite(error))])


def side_by_side(
    network: Network,
    weights: Weights,
    images: Array,
    orders: Sequence[How] = ORDERS,
    wanted: Collection[str] = (),
    look: Callable[[Node, Step], None] = lambda node, step: None,
) -> Iterator[tuple[Node, Array, list[Array]]]:
    """Run the float64 pass and the float32 passes node by node, keeping as few nodes as possible.

    Args:
        images: the network's input, N x its shape.
        wanted: nodes whose values the caller goes on using.
        look: called with each node and the first float32 pass's step, before it is computed.

    Yields:
        Each node, its float64 output (N x its shape) and that of each float32 pass. Whoever keeps
        neither while the next node is computed saves memory.
    """
    weights = OneLayerAtATime(weights)
    single = images.astype(np.float32, copy=False)
    exact = Pass(network.nodes, input_values(network, images.astype(np.float64)), keep=wanted)
    passes = [
        Pass(network.nodes, input_values(network, single), how, keep=wanted) for how in orders
    ]
    for node in network.nodes:
        steps = [each.step(node, weights) for each in passes]
        look(node, steps[0])
        reference = exact.run(exact.step(node, weights), node)
        with np.errstate(over="ignore", invalid="ignore"):  # such passes are ignored
            results = [each.run(step, node) for each, step in zip(passes, steps, strict=True)]
        del steps
        yield node, reference, results
        del reference, results


def reference_with_floor(
    network: Network,
    weights: Weights,
    images: Array,
    orders: Sequence[How] = ORDERS,
    wanted: Collection[str] | None = None,
) -> Iterator[tuple[Node, Array, LayerFloor]]:
    """Run the float64 pass and the float32 passes side by side, and measure the floor.

    Args:
        images: the network's input, N x its shape.
        wanted: nodes whose floor is measured; by default all but the inner ones.

    Yields:
        Each wanted node, its float64 output (N x its shape) and its floor.
    """
    names = {node.name for node in network.features} if wanted is None else wanted
    bounds: dict[str, float | None] = {}

    def look(node: Node, step: Step) -> None:
        if _bound_matters(network, node, names):
            bounds[node.name] = _bound(node, step, bounds)

    for node, reference, results in side_by_side(network, weights, images, orders, names, look):
        if node.name in names:
            worst = rounding_error(results, reference)
            norm, bound = float(np.linalg.norm(reference)), bounds.get(node.name)
            relative = bound / norm if bound is not None and norm > 0 else None
            yield node, reference, LayerFloor(worst, in_ulp(worst, reference), relative)
        del reference, results


def _bound_matters(network: Network, node: Node, wanted: Collection[str]) -> bool:
    """Whether a node's bound is reported, or hands on to one that is."""
    return node.name in wanted or any(
        reader.name in wanted and OPS[reader.op].contracting
        for reader in network.readers[node.name]
    )


def _bound(node: Node, step: Step, bounds: Mapping[str, float | None]) -> float | None:
    """Norm of the largest error of the node's own sums; an activation never increases it.

    Only the sums of the layer itself count: those of an inner node, not those of another layer.
    """
    op = OPS[node.op]
    if op.contracting and len(node.inputs) == 1:
        return bounds.get(node.inputs[0])
    found = op.magnitude(step)
    if found is None:
        return None
    terms, magnitudes = found
    return gamma(terms) * float(np.linalg.norm(magnitudes.astype(np.float64)))


class OneLayerAtATime(LazyMapping[npt.NDArray[np.float32]]):
    """Weights of which only one layer's stay in memory, for passes that run side by side."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights, self._take)
        self._weights = weights
        self._held: dict[str, npt.NDArray[np.float32]] = {}

    def _take(self, name: str) -> npt.NDArray[np.float32]:
        if name not in self._held:
            layer = name.rpartition(".")[0]
            if not any(held.rpartition(".")[0] == layer for held in self._held):
                self._held.clear()
            self._held[name] = self._weights[name]
        return self._held[name]


def in_ulp(error: float, reference: Array) -> float | None:
    """A relative L2 error in units in the last place at the layer's scale."""
    scale = float(np.linalg.norm(reference)) / max(1, reference.size) ** 0.5
    if not 0 < scale < float(np.finfo(np.float32).max):
        return None
    return float(error * scale / np.spacing(np.float32(scale)))


def gamma(terms: int) -> float:
    """gamma_n = n u / (1 - n u), for a sum of n products in float32.

    Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, lemma 3.1: the computed
    inner product differs from the exact one by at most gamma_n |x|.|y|, in any order.
    """
    product = terms * UNIT_ROUNDOFF
    return product / (1 - product)
