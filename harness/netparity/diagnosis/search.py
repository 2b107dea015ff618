"""From a runner's activations to the mistakes that explain them.

The search walks through the network from input to output. Each node is judged on the runner's own
activations of the nodes that lead to it, so that one mistake makes one node faulty. There, the
known mistakes are made in the reference, one at a time and then two at a time, until only rounding
remains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from netparity.diagnosis.attempt import Attempt
from netparity.diagnosis.candidates import everywhere
from netparity.diagnosis.experiments import Setting, with_experiments
from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.mistakes import OTHER_SHAPES, known_shapes
from netparity.diagnosis.other_input import KnownInputs, OtherInputs
from netparity.diagnosis.pace import Pace
from netparity.diagnosis.progress import in_brief
from netparity.diagnosis.reading import only_read, or_only_read
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.diagnosis.walk import Given, Judged, Walk
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


class Search:
    """Diagnoses runners, one after the other, against one truth.

    Args:
        others: other weights of the same network, by a name that the user recognises.
        inputs: other inputs, or tensors by a description of how they were made.
        done: called after each candidate.
        over: whether the time is up: what was found until then is returned. A `TimeLimit` also says
            how much is left, so that nothing is begun that would take longer.
        trying: called with what is being tried, the best so far and the time left, in a few words.

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
        trying: Callable[[str], None] = lambda text: None,
    ) -> None:
        if truth.weights is None:
            raise ValueError("a diagnosis needs the weights")
        self._truth, self._rule, self._done, self._trying = truth, rule, done, trying
        self._pace = Pace(over)
        self._weights = truth.weights
        self._others = others or {}
        self._attempts: list[Attempt] = []
        self._found: dict[str, Finding] = {}
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
        walk = Walk(KnownValues(network) if known is None else known.copy())
        self._found = walk.findings
        for node in in_order(network, features):
            progress(network.owner(node))
            self._attempts = []
            self._step(walk, node, features[node.name])
        for name, finding in walk.findings.items():
            if name not in walk.followed:
                walk.findings[name] = or_only_read(finding)
        given = {*features, *(() if known is None else known.values)}
        setting = Setting(network, given, len(self._truth.images))
        return Diagnosis(
            label, [with_experiments(each, setting) for each in walk.findings.values()]
        )

    def so_far(self, label: str) -> Diagnosis:
        """What was known when the search was interrupted, of the nodes until then."""
        found = list(self._found.values())
        best = min(self._attempts, key=lambda attempt: attempt.least, default=None)
        return Diagnosis(label, found if best is None else [*found, best.finding])

    def _step(self, walk: Walk, node: Node, values: Array) -> None:
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
        judged = self._judge(values, [Given(segment), *givens])
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

    def _givens(self, walk: Walk, node: Node) -> Iterator[Given]:
        """What the node may have been computed from, the likeliest first.

        First the exported activations alone; then, if some were found faulty, what they should have
        been. Mistakes that were made before them in nodes that were not exported may go on.
        """
        network = self._truth.network
        images = input_values(network, self._truth.images)
        known = walk.known.values

        def given(names: frozenset[str], base: Candidate) -> Given:
            corrected = {name: walk.corrected[name] for name in names}
            doubted = frozenset(walk.findings) - names
            segment = Segment(
                *(network, {**images, **known, **corrected}, node, self._weights, self._others),
                *(self._inputs, doubted, base),
                self._exact(node) if not (known or names) and base is NO_MISTAKE else None,
            )
            return Given(segment, names)

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

    def _exact(self, node: Node) -> tuple[Array, float] | None:
        """A node's correct values and noise floor for the right input, if they are at hand."""
        try:
            values = self._truth.reference[node.name]
        except (KeyError, ValueError):
            # Not stored, or gone, where a reference is computed while it is read.
            return None
        floor = self._truth.floors.get(node.name)
        return (values, floor) if floor is not None and values.dtype == np.float64 else None

    def _report(self, candidate: Candidate, least: float) -> None:
        """Progress after each candidate."""
        self._done()
        self._trying(in_brief(candidate, least, self._pace.limit.left))

    def _judge(self, values: Array, givens: Sequence[Given]) -> Judged:
        """Judge one node with each possible input."""
        errors = []
        for given in givens:
            errors.append(relative_l2(values, given.segment.right))
            if errors[-1] <= self._rule.factor * given.segment.floor:
                return Judged(None, given, values)
        self._attempts = attempts = [
            Attempt(given.segment, values, self._rule.factor, self._report, self._pace)
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
                    return Judged(attempt.finding, given, attempt.inside, attempt.made)
        best = int(np.argmin(errors))
        segment = givens[best].segment
        if narrow is not None and len(stages) == 1 and _as_large(segment, narrow, errors[best]):
            place = segment.network.owner(segment.node)
            cause = Cause(f"policy-{narrow}", place)
            explanation = Explanation((cause,), errors[best], errors[best], STORED_MOST[narrow])
            finding = Finding(place, segment.since, errors[best], explanation)
            return Judged(finding, givens[best], attempts[best].inside)
        best = min(range(len(attempts)), key=lambda index: attempts[index].least)
        return Judged(attempts[best].finding, givens[best], attempts[best].inside)

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
            found = Explanation((cause,), np.inf, left, limit, limit / self._rule.factor)
            return replace(finding, explanation=found)
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
