"""From a runner's activations to the mistakes that explain them.

The network is walked from its input to its output. Each layer is given the runner's own previous
activation, so that one mistake makes one layer faulty; there the known mistakes are made on the
reference, one at a time and then two at a time, until nothing but rounding is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from netparity.diagnosis import dropout
from netparity.diagnosis.candidates import of_layer, other_weights, pairs, singles
from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.segment import NOTHING_ELSE, Candidate, Segment
from netparity.models import Layer
from netparity.models.rounding import stored_as
from netparity.parity.arithmetic import Array
from netparity.parity.floor import relative_l2
from netparity.parity.network import How, Weights
from netparity.parity.precision import STORED_MOST
from netparity.parity.truth import INPUT, Truth, between, in_order
from netparity.parity.verdict import Rule

_PROMISING = 300.0
"""A float32 residual within so many limits is worth a float64 pass."""

_MOST_PAIRED = {True: 40, False: 12}
"""Candidates paired with each other, where one layer lies between two activations or several."""

_MOST_SUSPECTED = 3
_WORTH_SUSPECTING = 0.7
"""A mistake is suspected if it takes away at least 30 % of the disagreement."""


@dataclass
class _Given:
    """What a layer may have been given: the activation handed out, or what it should have been."""

    name: str
    x: Array
    corrected: bool = False
    doubted: bool = False


class Search:
    """Diagnoses one runner after the other against one truth.

    Args:
        others: other weights of the same model, by a name that the user knows them by.
        base: layer name to fields of `How` that are right here (`segment.Segment`).
        inputs: other input tensors, by a description of how they were made.
        done: called after each candidate.
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
                findings[-1] = _only_read(findings[-1])
            givens = [_Given(layer.name, values, doubted=finding is not None)]
            if finding is not None:
                findings.append(finding)
                givens.append(_Given(layer.name, inside, corrected=True))
        if findings and findings[-1].place == givens[0].name:
            findings[-1] = _or_only_read(findings[-1])
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
        """A finding, or None for a layer that is right.

        Returns:
            The finding, what the layer was given, and what went on inside the network if the
            mistake was only made in reading the feature.
        """
        segments = [self._segment(given, layer) for given in givens]
        errors = [relative_l2(values, segment.right) for segment in segments]
        for given, segment, error in zip(givens, segments, errors, strict=True):
            if error <= self._rule.factor * segment.floor:
                return None, given, values
        attempts = [
            _Attempt(segment, values, self._rule.factor, self._done) for segment in segments
        ]
        narrow = stored_as(values)
        stages = [_Attempt.try_singles, _Attempt.try_pairs]
        if narrow is not None and min(errors) <= STORED_MOST[narrow]:
            # Its exact sums cannot be retold, and nothing else needs to be looked for.
            stages.pop()
        for stage in stages:
            for given, attempt in zip(givens, attempts, strict=True):
                stage(attempt)
                if attempt.confirmed:
                    return attempt.finding(layer, given.name), given, attempt.inside(layer)
        if narrow is not None and len(stages) == 1:
            best = int(np.argmin(errors))
            cause = Cause(f"policy-{narrow}", layer.name)
            told = Explanation((cause,), errors[best], errors[best], STORED_MOST[narrow])
            finding = Finding(layer.name, givens[best].name, errors[best], told)
            return finding, givens[best], attempts[best].inside(layer)
        best = min(range(len(attempts)), key=lambda index: attempts[index].least)
        finding = attempts[best].finding(layer, givens[best].name)
        return finding, givens[best], attempts[best].inside(layer)

    def _misshapen(self, segment: Segment, layer: Layer, given: _Given, values: Array) -> Finding:
        """A feature of another shape: that of a convolution without padding, or none known."""
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


class _Attempt:
    """One layer with one input: every candidate tried, and what became of it."""

    def __init__(
        self, segment: Segment, values: Array, factor: float, done: Callable[[], None]
    ) -> None:
        self._segment, self._values, self._factor = segment, values, factor
        self._done = done
        self._before = relative_l2(values, segment.right)
        self._tried: list[tuple[float, Candidate]] = []
        self._explanations: list[Explanation] = []
        self._explaining: dict[tuple[Cause, ...], Candidate] = {}

    def inside(self, layer: Layer) -> Array:
        """The layer's output in float32 with every confirmed mistake but those of reading it."""
        if not self.confirmed:
            return self._segment.right.astype(np.float32)
        candidate = self._explaining[self.confirmed[0].causes]
        changes = {name: dict(fields) for name, fields in candidate.changes.items()}
        changes.get(layer.name, {}).pop("activation", None)
        rest = replace(candidate, changes=changes, ahead=0)
        return self._segment.compute(rest).astype(np.float32)

    @property
    def confirmed(self) -> list[Explanation]:
        """What leaves nothing but rounding, fewest causes first."""
        found = [one for one in self._explanations if one.confirmed]
        return sorted(found, key=lambda one: len(one.causes))

    @property
    def least(self) -> float:
        """The smallest disagreement that any candidate leaves."""
        return min((residual for residual, _ in self._tried), default=np.inf)

    def try_singles(self) -> None:
        """One mistake at one place, or the same everywhere."""
        for group in singles(self._segment):
            self._try(group)
            if self.confirmed and len(self._segment.layers) > 1:
                return  # each of the groups to come would take long, and look like none of these
        if not self.confirmed:
            self._try(self._dropouts())

    def try_pairs(self) -> None:
        """Two mistakes."""
        ranked = [candidate for _, candidate in sorted(self._tried, key=lambda one: one[0])]
        most = _MOST_PAIRED[len(self._segment.layers) == 1]
        self._try(pairs(self._segment, ranked, most))
        if self.confirmed:
            return
        beside = [*of_layer(self._segment.layers[-1]), *other_weights(self._segment)]
        self._try(joined for one in beside for joined in self._dropouts(one))

    def finding(self, layer: Layer, since: str) -> Finding:
        """What was found out."""
        confirmed = self.confirmed
        if confirmed:
            fewest = len(confirmed[0].causes)
            equal = [one for one in confirmed[1:] if len(one.causes) == fewest]
            return Finding(layer.name, since, self._before, confirmed[0], equal)
        ranked = sorted(self._tried, key=lambda one: one[0])
        suspected = [
            Explanation(candidate.causes, self._before, residual, 0.0)
            for residual, candidate in ranked[:_MOST_SUSPECTED]
            if residual < _WORTH_SUSPECTING * self._before
        ]
        return Finding(layer.name, since, self._before, next(iter(suspected), None), suspected[1:])

    def _try(self, candidates: Iterable[Candidate]) -> None:
        limit = self._factor * self._segment.floor
        for candidate in candidates:
            residual = relative_l2(self._values, self._segment.compute(candidate, np.float32))
            self._tried.append((residual, candidate))
            if residual <= _PROMISING * limit and residual < self._before:
                self._confirm(candidate)
            self._done()

    def _confirm(self, candidate: Candidate) -> None:
        exact = self._segment.compute(candidate)
        after = relative_l2(self._values, exact)
        allowed = self._segment.limit(candidate, exact, self._factor)
        self._explanations.append(Explanation(candidate.causes, self._before, after, allowed))
        self._explaining[candidate.causes] = candidate

    def _dropouts(self, beside: Candidate = NOTHING_ELSE) -> Iterator[Candidate]:
        """Dropout, which has to be solved for rather than tried, beside another mistake."""
        segment, values = self._segment, self._values
        layer = segment.layers[-1]
        if layer.kind != "dense" or beside.ahead or beside.input:
            return
        found = []
        if layer.activation == "relu":
            mask = dropout.output_mask(values, segment.compute(beside))
            if mask is not None:
                cause = Cause("dropout", layer.name)
                found.append(Candidate((cause,), scales={layer.name: mask}))
        before = segment.model.layers[segment.model.layers.index(layer) - 1]
        if before.kind == "dense" and len(segment.layers) == 1:
            weights = self._segment.others[beside.weights] if beside.weights else segment.weights
            how = How(**beside.changes.get(layer.name, {}))
            mask = dropout.input_mask(layer, weights, segment.x, values, how)
            if mask is not None:
                cause = Cause("dropout", before.name)
                found.append(Candidate((cause,), scales={INPUT: mask}))
        for one in found:
            if joined := one.joined(beside):
                yield joined


def _or_only_read(finding: Finding) -> Finding:
    """After the last layer nothing tells whether the network or only the reading lacks a ReLU."""
    told = finding.explanation
    if told is None or not any(cause.mistake == "relu-missing" for cause in told.causes):
        return finding
    read = _only_read(finding).explanation
    assert read is not None
    return replace(finding, alternatives=[read, *finding.alternatives])


def _only_read(finding: Finding) -> Finding:
    """The network went on rightly: a missing ReLU was only missing from what was handed out."""

    def read(explanation: Explanation) -> Explanation:
        causes = tuple(
            replace(cause, mistake="before-relu") if cause.mistake == "relu-missing" else cause
            for cause in explanation.causes
        )
        return replace(explanation, causes=causes)

    if finding.explanation is None:
        return finding
    return replace(
        finding,
        explanation=read(finding.explanation),
        alternatives=[read(one) for one in finding.alternatives],
    )
