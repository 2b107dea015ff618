"""The noise floor: the effect of float32 rounding alone on each layer, for given weights and input.

It is measured, not assumed: plain float32 passes with mathematically equal sums in different orders
are compared with the reference. The largest error is the floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netparity.models import Layer, Model
from netparity.models.rounding import UNIT_ROUNDOFF
from netparity.parity.arithmetic import Array, convolve, dense
from netparity.parity.network import RIGHT, How, Weights, apply_layer
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


def reference_with_floor(
    model: Model,
    weights: Weights,
    images: Array,
    orders: Sequence[How] = ORDERS,
    base: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[tuple[Layer, Array, LayerFloor]]:
    """Run the float64 pass and the float32 passes side by side, keeping one layer in memory.

    Args:
        images: N x H x W x 3, RGB, mean subtracted.
        base: layer name to fields of `How` for every pass, if the wanted feature is not the
            layer's usual output.

    Yields:
        Layer, its float64 output (N x H x W x C or N x units) and its floor.
    """
    weights = OneLayerAtATime(weights)
    single = images.astype(np.float32, copy=False)
    reference: Array = images.astype(np.float64)
    variants: list[Array] = [single] * len(orders)
    for layer in model.layers:
        bound = _bound(layer, weights, variants[0]) if layer.activation == "relu" else None
        fields = (base or {}).get(layer.name, {})
        reference = apply_layer(layer, weights, reference, replace(RIGHT, **fields))
        with np.errstate(over="ignore", invalid="ignore"):  # such passes are ignored
            variants = [
                apply_layer(layer, weights, x, replace(how, **fields))
                for x, how in zip(variants, orders, strict=True)
            ]
        worst = rounding_error(variants, reference)
        norm = float(np.linalg.norm(reference))
        yield (
            layer,
            reference,
            LayerFloor(
                relative_l2=worst,
                ulp=in_ulp(worst, reference),
                bound=bound / norm if bound is not None and norm > 0 else None,
            ),
        )


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


def _bound(layer: Layer, weights: Weights, x: Array) -> float:
    """Norm of gamma_n (|k| * |x| + |b|); a ReLU never increases a difference."""
    magnitudes = abs(x)
    kernel, bias = abs(weights[layer.kernel]), abs(weights[layer.bias])
    if layer.kind == "conv":
        sums = np.stack([convolve(image, kernel) for image in magnitudes])
    else:
        matrix = kernel.reshape(-1, kernel.shape[3])
        sums = dense(magnitudes.reshape(len(magnitudes), -1), matrix)
    sums += bias
    terms = int(np.prod(kernel.shape[:3])) + 1
    return gamma(terms) * float(np.linalg.norm(sums.astype(np.float64)))
