"""The candidates for one layer, tried one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from netparity.diagnosis import dropout
from netparity.diagnosis.candidates import narrower, of_layer, other_weights, pairs, singles
from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.mistakes import can_drop_out
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.networks.ops.base import Array
from netparity.parity.floor import relative_l2

_PROMISING = 300.0
"""A float32 residual within this many limits is worth a float64 pass."""

_MOST_PAIRED = {True: 40, False: 12}
"""Candidates that are paired with each other; True if a single layer is judged."""

_MOST_SUSPECTED = 3
_WORTH_SUSPECTING = 0.7
"""A mistake is suspected if it removes at least 30 % of the error."""


class Attempt:
    """One layer with one possible input: every candidate that was tried, and its result."""

    def __init__(
        self, segment: Segment, values: Array, factor: float, done: Callable[[], None]
    ) -> None:
        self._segment, self._values, self._factor = segment, values, factor
        self._done = done
        self._before = relative_l2(values, segment.right)
        self._tried: list[tuple[float, Candidate]] = []
        self._explanations: list[Explanation] = []
        self._explaining: dict[tuple[Cause, ...], Candidate] = {}

    @property
    def inside(self) -> Array:
        """The node's output in float32 with all confirmed mistakes except those of reading it.

        Of equally good explanations it takes one of reading, if there is any: that the values are
        those that went on through the network is tried anyway.
        """
        if not self.confirmed:
            return self._segment.right.astype(np.float32)
        best = self.confirmed[0].causes
        candidate = next(
            (
                read
                for each in self.confirmed
                if len(each.causes) == len(best) and (read := self._explaining[each.causes]).read
            ),
            self._explaining[best],
        )
        judged = self._segment.node.name
        rest = replace(
            candidate,
            changes={
                name: tuple(
                    mistake
                    for mistake in mistakes
                    if name != judged or "activation" not in mistake.touches
                )
                for name, mistakes in candidate.changes.items()
            },
            read=None,
        )
        return self._segment.compute(rest).astype(np.float32)

    @property
    def made(self) -> Candidate:
        """The confirmed mistakes that nodes to come may inherit: those before the judged node."""
        if not self.confirmed:
            return NO_MISTAKE
        candidate = self._explaining[self.confirmed[0].causes]
        owner = self._segment.network.owner
        own = owner(self._segment.node)
        before = {node.name for node in self._segment.nodes if owner(node) != own}
        changes = {name: mistakes for name, mistakes in candidate.changes.items() if name in before}
        return Candidate((), candidate.input, candidate.other_input, changes)

    @property
    def confirmed(self) -> list[Explanation]:
        """The explanations that leave only rounding, the fewest causes first."""
        found = [explanation for explanation in self._explanations if explanation.confirmed]
        return sorted(found, key=lambda explanation: len(explanation.causes))

    @property
    def least(self) -> float:
        """The smallest error that any candidate leaves."""
        return min((residual for residual, _ in self._tried), default=np.inf)

    def try_singles(self) -> None:
        """Try one mistake at one place, or the same mistake everywhere."""
        for group in singles(self._segment):
            self._try(group)
            if self.confirmed and not self._segment.is_single:
                self._try(narrower(self._segment, self.confirmed[0].causes))
                return  # the remaining groups are slow, and none of them looks like these
        if not self.confirmed:
            self._try(self._dropout())

    def try_pairs(self) -> None:
        """Try two mistakes at once."""
        ranked = [candidate for _, candidate in self._ranked()]
        most = _MOST_PAIRED[self._segment.is_single]
        self._try(pairs(self._segment, ranked, most))
        if not self.confirmed:
            network, node = self._segment.network, self._segment.node
            mistakes = [*of_layer(network, node), *other_weights(self._segment)]
            self._try(joined for mistake in mistakes for joined in self._dropout(mistake))

    @property
    def finding(self) -> Finding:
        """What the attempt found out."""
        place, since = self._segment.network.owner(self._segment.node), self._segment.since
        confirmed = self.confirmed
        if confirmed:
            fewest = len(confirmed[0].causes)
            equal = [other for other in confirmed[1:] if len(other.causes) == fewest]
            return Finding(place, since, self._before, confirmed[0], equal)
        suspected = [
            Explanation(candidate.causes, self._before, residual, 0.0)
            for residual, candidate in self._ranked()[:_MOST_SUSPECTED]
            if residual < _WORTH_SUSPECTING * self._before
        ]
        return Finding(place, since, self._before, next(iter(suspected), None), suspected[1:])

    def _ranked(self) -> list[tuple[float, Candidate]]:
        """The candidates with the errors that they leave, the most promising first."""
        return sorted(self._tried, key=lambda tried: tried[0])

    def _try(self, candidates: Iterable[Candidate]) -> None:
        limit = self._factor * self._segment.floor
        for candidate in candidates:
            residual = relative_l2(self._values, self._segment.compute(candidate, np.float32))
            self._tried.append((residual if np.isfinite(residual) else np.inf, candidate))
            if residual <= _PROMISING * limit and residual < self._before:
                self._confirm(candidate)
            self._done()

    def _confirm(self, candidate: Candidate) -> None:
        exact = self._segment.compute(candidate)
        after = relative_l2(self._values, exact)
        allowed = self._segment.limit(candidate, exact, self._factor)
        self._explanations.append(Explanation(candidate.causes, self._before, after, allowed))
        self._explaining[candidate.causes] = candidate

    def _dropout(self, joined_with: Candidate = NO_MISTAKE) -> Iterator[Candidate]:
        """Dropout in the layer's own output, together with another mistake."""
        network, node = self._segment.network, self._segment.node
        if not can_drop_out(network, node):
            return
        mask = dropout.output_mask(self._values, self._segment.compute(joined_with))
        if mask is not None:
            cause = Cause("dropout", network.owner(node))
            if joined := Candidate((cause,), scales={node.name: mask}).joined(joined_with):
                yield joined
