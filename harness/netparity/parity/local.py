"""What each layer does itself: the reference's next layer on the runner's own previous one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netparity.models import Layer
from netparity.models.rounding import UNIT_ROUNDOFF
from netparity.parity.arithmetic import Array
from netparity.parity.floor import relative_l2
from netparity.parity.network import How
from netparity.parity.precision import identify
from netparity.parity.truth import INPUT, Truth, between, run_layers
from netparity.parity.verdict import Rule
from netparity.protocol import LocalError

LOCAL_ORDERS = (How(), How(channel_order="shuffled"), How(partial_sums="short"))
"""Float32 passes that measure what rounding does to the layer on this runner's activation."""


class LocalJudge:
    """Goes through one runner's layers, input to output, and judges each for itself alone."""

    def __init__(self, truth: Truth, rule: Rule) -> None:
        self._truth, self._rule = truth, rule
        self._since: str = INPUT
        self._x: Array = truth.images

    def judge(self, layer: Layer, values: Array, reference: Array) -> LocalError | None:
        """The layer's own error, given the last activation that was usable.

        Args:
            values: what the runner handed out.
            reference: the right values of the whole network up to here.

        Returns:
            None if it cannot be computed for want of weights.
        """
        truth = self._truth
        if truth.weights is None and self._since != INPUT:
            return None
        since, before = self._since, self._x
        right, floor = self._right(layer, reference)
        if not np.isfinite(values).all():
            return LocalError(since=since, relative_l2=None, floor=floor, verdict="error")
        error = relative_l2(values, right)
        self._since, self._x = layer.name, values
        if error <= self._rule.factor * floor:
            return LocalError(since=since, relative_l2=error, floor=floor, verdict="pass")
        arithmetic = None
        weights = truth.weights
        if weights is not None:
            segment = between(truth.model, since, layer.name)
            single = before.astype(np.float32, copy=False)
            arithmetic = identify(
                values, right, lambda how: run_layers(segment, weights, single, how)
            )
        return LocalError(
            since=since,
            relative_l2=error if np.isfinite(error) else None,
            floor=floor,
            verdict="reduced-precision" if arithmetic else "divergent",
            arithmetic=arithmetic,
        )

    def follow(self, other: LocalJudge) -> None:
        """Go on from where another runner is, whose activations have all been the same."""
        self._since, self._x = other._since, other._x

    def _right(self, layer: Layer, reference: Array) -> tuple[Array, float]:
        """What the layer should have been, and what rounding does to it."""
        truth = self._truth
        if self._since == INPUT:
            return reference, truth.floors.get(layer.name, UNIT_ROUNDOFF)
        assert truth.weights is not None
        segment = between(truth.model, self._since, layer.name)
        right = run_layers(segment, truth.weights, self._x.astype(np.float64))
        single = self._x.astype(np.float32, copy=False)
        errors = [
            relative_l2(run_layers(segment, truth.weights, single, how), right)
            for how in LOCAL_ORDERS
        ]
        return right, max([UNIT_ROUNDOFF, *(error for error in errors if np.isfinite(error))])


def first_faulty(errors: Mapping[str, LocalError | None]) -> str | None:
    """The first layer that is faulty on its own; `errors` in the network's order."""
    return next((name for name, local in errors.items() if is_faulty(local)), None)


def is_faulty(local: LocalError | None) -> bool:
    """Whether a layer does something wrong itself."""
    return local is not None and local.verdict not in ("pass", "identical", "inconclusive")
