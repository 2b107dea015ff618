"""Each layer's own error: the reference's layer applied to the runner's own previous activation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netparity.models import Layer
from netparity.models.rounding import UNIT_ROUNDOFF
from netparity.parity.arithmetic import Array
from netparity.parity.floor import relative_l2, rounding_error
from netparity.parity.network import How
from netparity.parity.precision import identify
from netparity.parity.truth import INPUT, Truth, between, run_layers
from netparity.parity.verdict import Rule
from netparity.protocol import LocalError

LOCAL_ORDERS = (How(), How(channel_order="shuffled"), How(partial_sums="short"))
"""Float32 passes that measure the effect of rounding on a runner's own activation."""


class LocalJudge:
    """Judges one runner's layers, each on its own, from input to output."""

    def __init__(self, truth: Truth, rule: Rule) -> None:
        self._truth, self._rule = truth, rule
        self._since: str = INPUT
        self._x: Array = truth.images

    def judge(self, layer: Layer, values: Array, reference: Array) -> LocalError | None:
        """The layer's own error, given the last usable activation.

        Args:
            values: the runner's feature.
            reference: the reference of the whole network up to this layer.

        Returns:
            None if the error cannot be computed because there are no weights.
        """
        truth = self._truth
        if truth.weights is None and self._since != INPUT:
            return None
        since, before = self._since, self._x
        correct, floor = self._correct(layer, reference)
        if not np.isfinite(values).all():
            return LocalError(since=since, relative_l2=None, floor=floor, verdict="error")
        error = relative_l2(values, correct)
        self._since, self._x = layer.name, values
        if error <= self._rule.factor * floor:
            return LocalError(since=since, relative_l2=error, floor=floor, verdict="pass")
        arithmetic = None
        weights = truth.weights
        if weights is not None:
            segment = between(truth.model, since, layer.name)
            single = before.astype(np.float32, copy=False)
            arithmetic = identify(
                values, correct, lambda how: run_layers(segment, weights, single, how)
            )
        return LocalError(
            since=since,
            relative_l2=error if np.isfinite(error) else None,
            floor=floor,
            verdict="reduced-precision" if arithmetic else "divergent",
            arithmetic=arithmetic,
        )

    def follow(self, other: LocalJudge) -> None:
        """Continue from another runner's position; all its activations have been the same."""
        self._since, self._x = other._since, other._x

    def _correct(self, layer: Layer, reference: Array) -> tuple[Array, float]:
        """The correct output of the layer, and the effect of rounding on it."""
        truth = self._truth
        if self._since == INPUT:
            return reference, truth.floors.get(layer.name, UNIT_ROUNDOFF)
        assert truth.weights is not None
        segment = between(truth.model, self._since, layer.name)
        correct = run_layers(segment, truth.weights, self._x.astype(np.float64))
        single = self._x.astype(np.float32, copy=False)
        passes = (run_layers(segment, truth.weights, single, how) for how in LOCAL_ORDERS)
        return correct, rounding_error(passes, correct)


def first_faulty(errors: Mapping[str, LocalError | None]) -> str | None:
    """The first layer that is faulty on its own; `errors` in the network's order."""
    return next((name for name, local in errors.items() if is_faulty(local)), None)


def is_faulty(local: LocalError | None) -> bool:
    """Whether a layer is faulty on its own."""
    return local is not None and local.verdict not in ("pass", "identical", "inconclusive")
