"""From a runner's activations to the mistakes that explain them.

The search walks through the network from input to output. Each node is judged on the runner's own
activations of the nodes that lead to it, so that one mistake makes one node faulty. There, the
known mistakes are made in the reference, one at a time and then two at a time, until only rounding
remains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from netparity.diagnosis.attempt import Attempt
from netparity.diagnosis.candidates import everywhere
from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.mistakes import OTHER_SHAPES, known_shapes
from netparity.diagnosis.other_input import KnownInputs, OtherInputs
from netparity.diagnosis.reading import only_read, or_only_read
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.networks import Node
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Array, Elementwise
from netparity.networks.rounding import stored_as
from netparity.parity.floor import relative_l2
from netparity.parity.local import KnownValues
from netparity.parity.passes import Weights, input_values
from netparity.parity.precision import STORED_MOST
from netparity.parity.truth import Truth, in_order
from netparity.parity.verdict import Rule

_AS_LARGE = 3.0
"""Largest factor between the error of a narrow format and that of its simulation."""


@dataclass(frozen=True)
class _Given:
    """What a node may have been computed from.

    Attributes:
        corrected: the faulty nodes whose output is taken as it should have been exported; that of
            all others is as it was exported.
    """

    segment: Segment
    corrected: frozenset[str] = frozenset()


@dataclass
class _Walk:
    """What is known of a runner on the way from input to output.

    Attributes:
        known: its activations.
        corrected: faulty node to its output inside the network, without the mistakes of reading it.
        findings: faulty node to what is wrong with it.
        made: the mistakes found at nodes that were not exported, which nodes to come inherit.
        followed: the nodes that a later one was computed from.
    """

    known: KnownValues
    corrected: dict[str, Array] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    made: Candidate = NO_MISTAKE
    followed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Judged:
    """One judged node.

    Attributes:
        finding: None for a correct node.
        given: the input that it had.
        inside: its output inside the network, if the mistake was only made in reading the feature.
        made: the confirmed mistakes of the nodes before it.
    """

    finding: Finding | None
    given: _Given
    inside: Array
    made: Candidate = NO_MISTAKE


class Search:
    """Diagnoses runners, one after the other, against one truth.

    Args:
        others: other weights of the same network, by a name that the user recognises.
        inputs: other inputs, or tensors by a description of how they were made.
        done: called after each candidate.
        over: whether the time is up: what was found until then is returned.

    Raises:
        ValueError: if the truth has no weights.
    """

    def __init__(
        self,
        truth: Truth,
        rule: Rule,
        others: Mapping[str, Weights] | None = None,
        inputs: OtherInputs | Mapping[str, Array] | None = None,
        done: Callable[[], None] = lambda: None,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        if truth.weights is None:
            raise ValueError("a diagnosis needs the weights")
        self._truth, self._rule, self._done, self._over = truth, rule, done, over
        self._weights = truth.weights
        self._others = others or {}
        self._attempts: list[Attempt] = []
        self._inputs = KnownInputs(inputs) if isinstance(inputs, Mapping) else inputs

    def diagnose(
        self,
        label: str,
        features: Mapping[str, Array],
        progress: Callable[[str], None],
        known: KnownValues | None = None,
    ) -> Diagnosis:
        """Every faulty node of one runner.

        Args:
            features: node to values, of one input.
            progress: called with each node's name before it is judged.
            known: the activations before these, if they have been judged already.
        """
        network = self._truth.network
        walk = _Walk(KnownValues(network) if known is None else known.copy())
        for node in in_order(network, features):
            progress(network.owner(node))
            self._step(walk, node, features[node.name])
        for name, finding in walk.findings.items():
            if name not in walk.followed:
                walk.findings[name] = or_only_read(finding)
        return Diagnosis(label, list(walk.findings.values()))

    def so_far(self, label: str) -> Diagnosis:
        """What is known of the node at which the search was interrupted."""
        best = min(self._attempts, key=lambda attempt: attempt.least, default=None)
        return Diagnosis(label, [] if best is None else [best.finding])

    def _step(self, walk: _Walk, node: Node, values: Array) -> None:
        """Judge the next node."""
        givens = self._givens(walk, node)
        segment = next(givens).segment
        if values.shape != segment.right.shape:
            walk.findings[node.name] = self._misshapen(segment, values)
            return
        if not np.isfinite(values).all():
            place = self._truth.network.owner(node)
            walk.findings[node.name] = Finding(place, segment.since, np.inf)
            return
        walk.followed |= set(segment.frontier)
        judged = self._judge(values, [_Given(segment), *givens])
        for name in judged.given.corrected:
            walk.findings[name] = only_read(walk.findings[name])
        walk.known.add(node.name, values)
        if judged.finding is not None:
            walk.findings[node.name] = judged.finding
            walk.corrected[node.name] = judged.inside
            walk.made = walk.made.joined(judged.made) or walk.made
        walk.corrected = {
            name: each for name, each in walk.corrected.items() if name in walk.known.values
        }

    def _givens(self, walk: _Walk, node: Node) -> Iterator[_Given]:
        """What the node may have been computed from, the likeliest first.

        First the exported activations alone; then, if some were found faulty, what they should have
        been. Mistakes that were made before them in nodes that were not exported may go on.
        """
        network = self._truth.network
        images = input_values(network, self._truth.images)
        known = walk.known.values

        def given(names: frozenset[str], base: Candidate) -> _Given:
            corrected = {name: walk.corrected[name] for name in names}
            doubted = frozenset(walk.findings) - names
            segment = Segment(
                *(network, {**images, **known, **corrected}, node, self._weights, self._others),
                *(self._inputs, doubted, base),
            )
            return _Given(segment, names)

        plain = given(frozenset(), NO_MISTAKE)
        yield plain
        bases = [NO_MISTAKE]
        if plain.segment.concerns(walk.made):
            bases.append(walk.made)
        doubtful = [name for name in plain.segment.frontier if name in walk.corrected]
        for names in _subsets(doubtful):
            for base in bases:
                if names or base is not NO_MISTAKE:
                    yield given(names, base)

    def _judge(self, values: Array, givens: Sequence[_Given]) -> _Judged:
        """Judge one node with each possible input."""
        errors = []
        for given in givens:
            errors.append(relative_l2(values, given.segment.right))
            if errors[-1] <= self._rule.factor * given.segment.floor:
                return _Judged(None, given, values)
        self._attempts = attempts = [
            Attempt(given.segment, values, self._rule.factor, self._done, self._over)
            for given in givens
        ]
        narrow = stored_as(values)
        stages = [Attempt.try_singles, Attempt.try_beside, Attempt.try_pairs]
        if narrow is not None and min(errors) <= STORED_MOST[narrow]:
            # The storage explains the error, but its exact sums cannot be reproduced.
            del stages[1:]
        for stage in stages:
            for given, attempt in zip(givens, attempts, strict=True):
                stage(attempt)
                if attempt.confirmed:
                    return _Judged(attempt.finding, given, attempt.inside, attempt.made)
        best = int(np.argmin(errors))
        segment = givens[best].segment
        if narrow is not None and len(stages) == 1 and _as_large(segment, narrow, errors[best]):
            place = segment.network.owner(segment.node)
            cause = Cause(f"policy-{narrow}", place)
            explanation = Explanation((cause,), errors[best], errors[best], STORED_MOST[narrow])
            finding = Finding(place, segment.since, errors[best], explanation)
            return _Judged(finding, givens[best], attempts[best].inside)
        best = min(range(len(attempts)), key=lambda index: attempts[index].least)
        return _Judged(attempts[best].finding, givens[best], attempts[best].inside)

    def _misshapen(self, segment: Segment, values: Array) -> Finding:
        """A feature of another shape: of a window without padding or cut short, or unexplained."""
        network, node = segment.network, segment.node
        place = network.owner(node)
        finding = Finding(place, segment.since, np.inf)
        main, between = node, {each.name: each for each in segment.nodes}
        while isinstance(OPS[main.op], Elementwise) and main.inputs[0] in between:
            main = between[main.inputs[0]]
        if not np.isfinite(values).all():
            return finding
        for mistake in OTHER_SHAPES:
            if not mistake.fits(main, known_shapes(network, main)):
                continue
            cause = Cause(mistake.key, network.owner(main))
            candidate = Candidate((cause,), changes={main.name: (mistake,)})
            mistaken = segment.compute(candidate)
            if mistaken.shape != values.shape:
                continue
            left = relative_l2(values, mistaken)
            limit = segment.limit(candidate, mistaken, self._rule.factor)
            return replace(finding, explanation=Explanation((cause,), np.inf, left, limit))
        return finding


def _as_large(segment: Segment, narrow: str, error: float) -> bool:
    """Whether an error is as large as that of computing all of a segment in a narrow format."""
    if segment.is_single:
        return True
    policy = everywhere(segment.network, segment.nodes, f"policy-{narrow}")
    expected = relative_l2(segment.compute(policy, np.float32), segment.right)
    return expected / _AS_LARGE <= error <= expected * _AS_LARGE


def _subsets(names: Sequence[str]) -> Iterator[frozenset[str]]:
    """None of the names, each alone, and all of them."""
    yield frozenset()
    for name in names:
        yield frozenset({name})
    if len(names) > 1:
        yield frozenset(names)
