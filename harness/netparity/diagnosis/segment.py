"""The layers between two activations of a runner, computed with mistakes in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import InputChange
from netparity.models import Layer, Model
from netparity.parity.arithmetic import Array
from netparity.parity.floor import rounding_error
from netparity.parity.local import LOCAL_ORDERS
from netparity.parity.network import RIGHT, How, Weights, apply_layer


@dataclass(frozen=True)
class Candidate:
    """One or several mistakes, in a form that can be computed.

    Attributes:
        input: mistakes in the input tensor.
        other_input: key of the tensor in `Segment.inputs` that replaces the input.
        changes: layer name to fields of `How`.
        weights: name of the other weights that the layers use.
        ahead: how many layers later (or, if negative, earlier) the exported feature was read.
        scales: layer name to factors of its output, N x units (dropout).
    """

    causes: tuple[Cause, ...]
    input: InputChange | None = None
    other_input: str | None = None
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    weights: str | None = None
    ahead: int = 0
    scales: Mapping[str, Array] = field(default_factory=dict)

    def joined(self, other: Candidate) -> Candidate | None:
        """Both at once; None if they contradict each other."""
        if (self.input and other.input) or (self.weights and other.weights):
            return None
        if self.other_input and other.other_input:
            return None
        if (self.ahead and other.ahead) or set(self.scales) & set(other.scales):
            return None
        changes = {name: dict(fields) for name, fields in self.changes.items()}
        for name, fields in other.changes.items():
            joined = changes.setdefault(name, {})
            if set(joined) & set(fields):
                return None
            joined |= fields
        return Candidate(
            causes=(*self.causes, *other.causes),
            input=self.input or other.input,
            other_input=self.other_input or other.other_input,
            changes=changes,
            weights=self.weights or other.weights,
            ahead=self.ahead or other.ahead,
            scales={**self.scales, **other.scales},
        )


NO_MISTAKE = Candidate(())
"""The correct computation."""


class Segment:
    """The layers from one activation that a runner exported to the next.

    Args:
        layers: the layers in between, the judged one last.
        beyond: the layers after it, for features that were read too late.
        x: input of the first of them: N x H x W x C or N x units.
        from_input: whether x is the input tensor.
        others: other weights by name.
        base: layer name to fields of `How` that are correct here, if the wanted feature is not
            the layer's usual output.
        inputs: other input tensors by a description of how they were made.
        doubted: whether x itself was found faulty, so that being equal to it explains nothing.
    """

    def __init__(
        self,
        model: Model,
        layers: Sequence[Layer],
        beyond: Sequence[Layer],
        x: Array,
        from_input: bool,
        weights: Weights,
        others: Mapping[str, Weights],
        base: Mapping[str, Mapping[str, Any]] | None = None,
        inputs: Mapping[str, Array] | None = None,
        doubted: bool = False,
    ) -> None:
        self.model, self.layers, self.beyond = model, layers, beyond
        self.x, self.from_input = x, from_input
        self.weights, self.others, self.doubted = weights, others, doubted
        self.base, self.inputs = base or {}, inputs or {}
        self._kept: dict[type, list[Array]] = {}

    @cached_property
    def right(self) -> Array:
        """The correct output of the judged layer, in float64."""
        return self._run(NO_MISTAKE, np.float64)

    @cached_property
    def floor(self) -> float:
        """The relative L2 error that float32 rounding makes."""
        return self._floor(NO_MISTAKE, self.right)

    def compute(self, candidate: Candidate, dtype: type[np.floating[Any]] = np.float64) -> Array:
        """The output of the judged layer with the candidate's mistakes."""
        return self._run(candidate, dtype)

    def limit(self, candidate: Candidate, exact: Array, factor: float) -> float:
        """The largest error that rounding explains if these are the mistakes."""
        return factor * self._floor(candidate, exact)

    def _floor(self, candidate: Candidate, exact: Array) -> float:
        passes = (self._run(candidate, np.float32, order) for order in LOCAL_ORDERS)
        return rounding_error(passes, exact)

    def _run(
        self, candidate: Candidate, dtype: type[np.floating[Any]], order: How = RIGHT
    ) -> Array:
        last = len(self.layers) + candidate.ahead
        layers = [*self.layers, *self.beyond][:last]
        weights = self.others[candidate.weights] if candidate.weights else self.weights
        start, x = 0, self.x.astype(dtype)
        if candidate.other_input is not None:
            x = self.inputs[candidate.other_input].astype(dtype)
        if candidate.input is not None:
            x = candidate.input.apply(x, self.model)
        elif candidate.other_input is None and candidate.weights is None and order == RIGHT:
            touched = {*candidate.changes, *candidate.scales, *self.base}
            start = next((i for i, layer in enumerate(layers) if layer.name in touched), last)
            start = min(start, len(self.layers))
            x = self._correct(start, dtype)
        for layer in layers[start:]:
            fields = {**self.base.get(layer.name, {}), **candidate.changes.get(layer.name, {})}
            x = apply_layer(layer, weights, x, replace(order, **fields))
            if layer.name in candidate.scales:
                x = x * candidate.scales[layer.name].astype(dtype)
        return x

    def _correct(self, count: int, dtype: type[np.floating[Any]]) -> Array:
        """The output of the first `count` layers without mistakes, kept for later calls."""
        kept = self._kept.setdefault(dtype, [self.x.astype(dtype)])
        while len(kept) <= count:
            kept.append(apply_layer(self.layers[len(kept) - 1], self.weights, kept[-1]))
        return kept[count]
