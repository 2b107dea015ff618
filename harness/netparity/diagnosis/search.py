"""From a runner's activations to the mistakes that explain them.

The search walks through the network from input to output. Each layer is judged on the runner's own
previous activation, so that one mistake makes one layer faulty. There, the known mistakes are made
in the reference, one at a time and then two at a time, until only rounding remains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from netparity.diagnosis.attempt import Attempt
from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.reading import only_read, or_only_read
from netparity.diagnosis.segment import Segment
from netparity.models import Layer
from netparity.models.rounding import stored_as
from netparity.parity.arithmetic import Array
from netparity.parity.floor import relative_l2
from netparity.parity.network import Weights
from netparity.parity.precision import STORED_MOST
from netparity.parity.truth import INPUT, Truth, between, in_order
from netparity.parity.verdict import Rule


@dataclass
class _Given:
    """A possible input of a layer: the exported activation, or what it should have been."""

    name: str
    x: Array
    corrected: bool = False
    doubted: bool = False


class Search:
    """Diagnoses runners, one after the other, against one truth.

    Args:
        others: other weights of the same model, by a name that the user recognises.
        base: layer name to fields of `How` that are correct here (`segment.Segment`).
        inputs: other input tensors, by a description of how they were made.
        done: called after each candidate.

    Raises:
        ValueError: if the truth has no weights.
    """

    def __init__(
        self,
        truth: Truth,
        rule: Rule,
        others: Mapping[str, Weights] | None = None,
        base: Mapping[str, Mapping[str, Any]] | None = None,
        inputs: Mapping[str, Array] | None = None,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        if truth.weights is None:
            raise ValueError("a diagnosis needs the weights")
        self._truth, self._rule, self._done = truth, rule, done
        self._weights = truth.weights
        self._others, self._base, self._inputs = others or {}, base or {}, inputs or {}

    def diagnose(
        self, label: str, features: Mapping[str, Array], progress: Callable[[str], None]
    ) -> Diagnosis:
        """Every faulty layer of one runner.

        Args:
            features: layer name to values, of one input.
            progress: called with each layer's name before it is judged.
        """
        model = self._truth.model
        givens = [_Given(INPUT, self._truth.images)]
        findings: list[Finding] = []
        for layer in in_order(model, features):
            progress(layer.name)
            values = features[layer.name]
            segment = self._segment(givens[0], layer)
            if values.shape != segment.right.shape:
                findings.append(self._misshapen(segment, layer, givens[0], values))
                continue
            if not np.isfinite(values).all():
                findings.append(Finding(layer.name, givens[0].name, np.inf))
                continue
            finding, used, inside = self._judge(layer, values, givens)
            if used.corrected and findings:
                findings[-1] = only_read(findings[-1])
            givens = [_Given(layer.name, values, doubted=finding is not None)]
            if finding is not None:
                findings.append(finding)
                givens.append(_Given(layer.name, inside, corrected=True))
        if findings and findings[-1].place == givens[0].name:
            findings[-1] = or_only_read(findings[-1])
        return Diagnosis(label, findings)

    def _segment(self, given: _Given, layer: Layer) -> Segment:
        model = self._truth.model
        after = model.layers[model.layers.index(layer) + 1 :]
        return Segment(
            model,
            between(model, given.name, layer.name),
            after,
            given.x,
            given.name == INPUT,
            self._weights,
            self._others,
            self._base,
            self._inputs,
            given.doubted,
        )

    def _judge(
        self, layer: Layer, values: Array, givens: list[_Given]
    ) -> tuple[Finding | None, _Given, Array]:
        """Judge one layer with each possible input.

        Returns:
            The finding, or None for a correct layer; the input that the layer had; and the
            activation inside the network if the mistake was only made in reading the feature.
        """
        segments = [self._segment(given, layer) for given in givens]
        errors = [relative_l2(values, segment.right) for segment in segments]
        for given, segment, error in zip(givens, segments, errors, strict=True):
            if error <= self._rule.factor * segment.floor:
                return None, given, values
        attempts = [Attempt(segment, values, self._rule.factor, self._done) for segment in segments]
        narrow = stored_as(values)
        stages = [Attempt.try_singles, Attempt.try_pairs]
        if narrow is not None and min(errors) <= STORED_MOST[narrow]:
            # The storage explains the error, but its exact sums cannot be reproduced.
            stages.pop()
        for stage in stages:
            for given, attempt in zip(givens, attempts, strict=True):
                stage(attempt)
                if attempt.confirmed:
                    return attempt.finding(layer, given.name), given, attempt.inside(layer)
        if narrow is not None and len(stages) == 1:
            best = int(np.argmin(errors))
            cause = Cause(f"policy-{narrow}", layer.name)
            explanation = Explanation((cause,), errors[best], errors[best], STORED_MOST[narrow])
            finding = Finding(layer.name, givens[best].name, errors[best], explanation)
            return finding, givens[best], attempts[best].inside(layer)
        best = min(range(len(attempts)), key=lambda index: attempts[index].least)
        finding = attempts[best].finding(layer, givens[best].name)
        return finding, givens[best], attempts[best].inside(layer)

    def _misshapen(self, segment: Segment, layer: Layer, given: _Given, values: Array) -> Finding:
        """A feature of another shape: of a convolution without padding, or unexplained."""
        finding = Finding(layer.name, given.name, np.inf)
        if layer.kind != "conv" or layer.kernel_shape is None:
            return finding
        edge = layer.kernel_shape[0] // 2
        inside = segment.right[:, edge:-edge, edge:-edge]
        if values.shape != inside.shape or not np.isfinite(values).all():
            return finding
        explanation = Explanation(
            (Cause("padding-valid", layer.name),),
            np.inf,
            relative_l2(values, inside),
            self._rule.factor * segment.floor,
        )
        return replace(finding, explanation=explanation)
