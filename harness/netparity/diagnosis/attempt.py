"""The candidates for one layer, tried one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from netparity.diagnosis import dropout, fitting
from netparity.diagnosis.affine import Affine
from netparity.diagnosis.candidates import (
    beside,
    narrower,
    of_layer,
    other_weights,
    pairs,
    singles,
)
from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.image_candidates import changes_beside, usual_inputs
from netparity.diagnosis.mistakes import can_drop_out
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.diagnosis.suspicion import unexplained
from netparity.diagnosis.treatments import Treatment, treatments_of
from netparity.diagnosis.trials import FITTED, Trials
from netparity.networks.ops.base import Array
from netparity.parity.floor import relative_l2

_MOST_PAIRED = {True: 40, False: 12}
"""Candidates that are paired with each other; True if a single layer is judged."""

_WIDTHS = ((4, 1.0), (3, 0.4), (2, 0.2))
"""How many candidates of one, two and three mistakes are kept, to try all others beside them, and
which part of the error they may leave."""

_FIT_AFTER = 5
"""Groups of candidates, the usual resizes among them, before the means and scales are fitted."""

_NO_CHANGE = 1e-3
"""A treatment that changes the right values by less does nothing."""


class Attempt:
    """One layer with one possible input: every candidate that was tried, and its result."""

    def __init__(
        self,
        segment: Segment,
        values: Array,
        factor: float,
        done: Callable[[], None],
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._segment, self._values = segment, values
        self._trials = Trials(segment, values, factor, done, over)
        self._treatments = [each for each in treatments_of(values) if self._matters(each)]
        place = segment.network.owner(segment.node)
        shown = next((each for each in self._treatments if each.evident), None)
        self._base = NO_MISTAKE
        if shown is not None:
            self._base = Candidate((Cause(shown.mistake, place),), treatment=shown)

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
                if len(each.causes) == len(best)
                and ((read := self._trials.explaining[each.causes]).read or read.treatment)
            ),
            self._trials.explaining[best],
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
            treatment=None,
        )
        return self._segment.compute(rest).astype(np.float32)

    @property
    def made(self) -> Candidate:
        """The confirmed mistakes that nodes to come may inherit: those before the judged node."""
        if not self.confirmed:
            return NO_MISTAKE
        candidate = self._trials.explaining[self.confirmed[0].causes]
        owner = self._segment.network.owner
        own = owner(self._segment.node)
        before = {node.name for node in self._segment.nodes if owner(node) != own}
        changes = {name: mistakes for name, mistakes in candidate.changes.items() if name in before}
        return Candidate((), candidate.input, candidate.other_input, changes)

    @property
    def confirmed(self) -> list[Explanation]:
        """The explanations that leave only rounding, the fewest causes first."""
        return self._trials.confirmed

    @property
    def least(self) -> float:
        """The smallest error that any candidate leaves."""
        return min((residual for residual, _ in self._trials.results), default=np.inf)

    def try_singles(self) -> None:
        """Try one mistake at one place, or the same mistake everywhere."""
        if self._trials.stored is not None or self._base is not NO_MISTAKE:
            self._trials.try_all([self._base])
        if self._base is not NO_MISTAKE and self._segment.is_single:
            # A sigmoid that saturates has a largest value of 1, too: first what needs no treatment.
            for group in singles(self._segment, self._treatments):
                self._trials.try_all(group)
            if self.confirmed:
                return
        groups = singles(self._segment, self._treatments)
        if self._base is not NO_MISTAKE:
            groups = beside(self._segment, self._base, self._treatments)
        to_fit = [self._base]
        for number, group in enumerate(groups):
            if number == _FIT_AFTER and not self.confirmed:
                self._try_fits(to_fit)
                to_fit = []
            if self.confirmed and not self._segment.is_single:
                break  # the remaining groups are slow, and none of them looks like these
            self._trials.try_all(group)
        if self.confirmed and not self._segment.is_single:
            self._trials.try_all(narrower(self._segment, self.confirmed[0].causes))
        if not self.confirmed:
            self._trials.try_all(self._dropout())
        if not self.confirmed:
            self._trials.try_all(changes_beside(self._segment, self._base))
        if not self.confirmed:
            self._try_fits([*to_fit, *usual_inputs(self._segment, self._base)])

    def try_beside(self) -> None:
        """Keep the mistakes that explain most, and try all others beside each of them."""
        if self._segment.is_single:
            return
        for level in range(len(_WIDTHS)):
            for base in self._best(level):
                self._segment.focus(base)
                for group in beside(self._segment, base, self._treatments, level):
                    self._trials.try_all(group)
                    if self.confirmed:
                        return
                if level == 0:
                    self._try_fits([base, *usual_inputs(self._segment, base)])
                if self.confirmed or self._trials.time_is_up():
                    return
        self._segment.focus(NO_MISTAKE)

    def try_pairs(self) -> None:
        """Try two mistakes at once."""
        ranked = [candidate for _, candidate in self._trials.ranked]
        most = _MOST_PAIRED[self._segment.is_single]
        self._trials.try_all(pairs(self._segment, ranked, most))
        if not self.confirmed:
            network, node = self._segment.network, self._segment.node
            mistakes = [*of_layer(network, node), *other_weights(self._segment)]
            self._trials.try_all(
                joined for mistake in mistakes for joined in self._dropout(mistake)
            )

    @property
    def finding(self) -> Finding:
        """What the attempt found out."""
        place, since = self._segment.network.owner(self._segment.node), self._segment.since
        confirmed = self.confirmed
        if confirmed:
            fewest = len(confirmed[0].causes)
            equal = [other for other in confirmed[1:] if len(other.causes) == fewest]
            return Finding(place, since, self._trials.before, confirmed[0], equal)
        return unexplained(self._trials, self._base)

    def _matters(self, treatment: Treatment) -> bool:
        """Whether it changes the right values."""
        right = self._segment.right
        with np.errstate(over="ignore", invalid="ignore"):
            treated = treatment.apply(right)
        return treated.shape == right.shape and relative_l2(treated, right) > _NO_CHANGE

    def _best(self, level: int) -> list[Candidate]:
        """The best candidate of each kind, with so many mistakes beside the evident one."""
        wanted = len(_kinds(self._base)) + 1 + level
        width, part = _WIDTHS[level]
        if level == 0 and (shown := self._shown_by_signs()) is not None:
            return [shown]
        chosen: dict[tuple[str, ...], Candidate] = {}
        for residual, candidate in self._trials.ranked:
            kinds = _kinds(candidate)
            if len(kinds) != wanted or any(c.mistake in FITTED for c in candidate.causes):
                continue  # numbers that were fitted in place of another mistake are misleading
            if kinds not in chosen and residual < part * self._trials.before:
                chosen[kinds] = candidate
                if len(chosen) == width:
                    break
        return list(chosen.values())

    def _shown_by_signs(self) -> Candidate | None:
        """The best candidate with negative values, where only a mistake at the end makes them."""
        least = float(np.min(self._values))
        if float(self._segment.right.min()) < 0 or least > -_NO_CHANGE * np.abs(self._values).max():
            return None
        if self._base is not NO_MISTAKE:
            return None
        own = self._segment.node.name
        return next(
            (
                candidate
                for _, candidate in self._trials.ranked
                if len(candidate.causes) == 1
                and own in candidate.changes
                and float(self._segment.compute(candidate, np.float32).min()) < 0
            ),
            None,
        )

    def _try_fits(self, bases: Sequence[Candidate]) -> None:
        """Means and scales of the input that are solved for, until one is confirmed."""
        for base in bases:
            for candidate in fitting.of_input(self._trials, base):
                self._trials.try_all([candidate])
                if self.confirmed:
                    self._trials.try_all(fitting.known(self._segment, candidate))
                    return

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


def _kinds(candidate: Candidate) -> tuple[str, ...]:
    """Which parts of the computation a candidate changes."""
    parts = {
        "affine" if isinstance(candidate.input, Affine) else "input": candidate.input,
        "other_input": candidate.other_input,
        "changes": candidate.changes,
        "weights": candidate.weights,
        "read": candidate.read,
        "treatment": candidate.treatment,
    }
    return tuple(name for name, part in parts.items() if part)
