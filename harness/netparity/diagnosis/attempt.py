"""The candidates for one layer, tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from netparity.diagnosis import dropout, fitting
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
from netparity.diagnosis.pace import Pace
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.diagnosis.suspicion import unexplained
from netparity.diagnosis.treatments import Treatment, treatments_of
from netparity.diagnosis.trials import FITTED, Report, Trials
from netparity.networks.ops.base import Array
from netparity.parity.floor import relative_l2

_MOST_PAIRED = {True: 40, False: 12}
"""Candidates that are paired with each other; True if a single layer is judged."""

_WIDTHS = ((4, 1.0), (3, 0.4), (2, 0.2))
"""How many candidates of one, two and three mistakes are kept, to try all others beside them, and
which part of the error they may leave."""

_COMMON_GROUPS = 3
"""Groups of single mistakes that are common: at the end, with the input, and other inputs. Mean and
scale are fitted next, if any of them comes near."""

_SINGLE_GROUPS = 4
"""With the likely mistakes inside the network; then come pairs of the common ones."""

_BESIDE_GROUPS = 2
"""Further groups that only `beside` has: the input more exactly, and several changes of it."""

_MOST_COMMON = 2
"""Mistakes beside which the common ones are tried early."""

_FEW_ADDED_UP, _MOST_ADDED_UP = 12, 40
"""Pairs that are tried because their changes add up to the error."""

_NO_CHANGE = 1e-3
"""A treatment that changes the right values by less does nothing."""


class Attempt:
    """One layer with one possible input: every candidate that was tried, and its result."""

    def __init__(
        self, segment: Segment, values: Array, factor: float, report: Report, pace: Pace
    ) -> None:
        self._segment, self._values = segment, values
        self._trials = Trials(segment, values, factor, report, pace)
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
        """Try one mistake at one place, or the same mistake everywhere.

        Behind several layers, the likeliest pairs come before the rare mistakes.
        """
        if self._trials.stored is not None or self._base is not NO_MISTAKE:
            self._trials.try_all([self._base])
        if self._base is not NO_MISTAKE and self._segment.is_single:
            # A sigmoid that saturates has a largest value of 1, too: first what needs no treatment.
            for group in singles(self._segment, self._treatments):
                self._trials.try_all(group)
            if self.confirmed:
                return
        to_fit = [self._base]
        for number, group in enumerate(self._groups()):
            if number == 1 and not self.confirmed:
                self._trials.try_all(self._dropout())
            if number == _COMMON_GROUPS and not self.confirmed:
                self._try_fits([self._base], fitting.from_the_nearest)
            if number == _SINGLE_GROUPS and not self.confirmed:
                self._try_common_pairs()
                self._try_fits(to_fit)
                to_fit = []
            if self._is_done():
                break  # the remaining groups are slow, and none of them looks like these
            self._trials.try_all(group)
        if self.confirmed and not self._segment.is_single:
            self._trials.try_all(narrower(self._segment, self.confirmed[0].causes))
        if not self._is_done():
            self._trials.try_all(changes_beside(self._segment, self._base))
        if not self._is_done():
            self._try_fits([*to_fit, *usual_inputs(self._segment, self._base)])

    def try_beside(self) -> None:
        """Keep the mistakes that explain most, and try all others beside each of them."""
        if self._segment.is_single:
            return
        for level in range(len(_WIDTHS)):
            self._trials.try_all(self._trials.sketches.pairs(_MOST_ADDED_UP))
            for base in self._best(level):
                if self.confirmed or self._trials.time_is_up():
                    return
                self._segment.focus(base)
                left = self._trials.left_by(base)
                for group in beside(self._segment, base, self._treatments, level, left):
                    self._trials.try_all(group)
                    if self._is_done():
                        return
                if level == 0:
                    self._try_fits([base, *usual_inputs(self._segment, base)])
        self._segment.focus(NO_MISTAKE)

    def try_pairs(self) -> None:
        """Try two mistakes at once."""
        ranked = [candidate for _, candidate in self._trials.ranked]
        most = _MOST_PAIRED[self._segment.is_single]
        self._trials.try_all(pairs(self._segment, ranked, most))
        if not self._is_done():
            network, node = self._segment.network, self._segment.node
            mistakes = [*of_layer(network, node), *other_weights(self._segment)]
            self._trials.try_all(
                joined for mistake in mistakes for joined in self._dropout(mistake)
            )

    def _is_done(self) -> bool:
        """Whether the search ends here: a cause is confirmed, or the time is up.

        In a single layer, all are tried that explain as much.
        """
        if self._trials.time_is_up():
            return True
        return bool(self.confirmed) and not self._segment.is_single

    def _groups(self) -> Iterator[list[Candidate]]:
        """Single mistakes, beside what the values themselves show."""
        error = self._trials.before
        if self._base is NO_MISTAKE:
            return singles(self._segment, self._treatments, error)
        return beside(self._segment, self._base, self._treatments, 0, error)

    def _try_common_pairs(self) -> None:
        """What is common beside the mistakes that explain most so far."""
        if self._segment.is_single or not self._segment.from_input:
            return
        self._trials.try_all(self._trials.sketches.pairs(_FEW_ADDED_UP))
        for base in self._best(0)[:_MOST_COMMON]:
            if self.confirmed or self._trials.time_is_up():
                break
            self._segment.focus(base)
            groups = beside(self._segment, base, self._treatments, 0, self._trials.left_by(base))
            for group in islice(groups, _COMMON_GROUPS + _BESIDE_GROUPS):
                self._trials.try_all(group)
                if self._is_done():
                    break
        self._segment.focus(NO_MISTAKE)

    @property
    def finding(self) -> Finding:
        """What the attempt found out."""
        place, since = self._segment.network.owner(self._segment.node), self._segment.since
        confirmed = self.confirmed
        if confirmed:
            tried = len(self._trials.results)
            return Finding(
                place, since, self._trials.before, confirmed[0], self._trials.equal, tried
            )
        return unexplained(self._trials, self._base)

    def _matters(self, treatment: Treatment) -> bool:
        """Whether it changes the right values."""
        right = self._segment.right
        with np.errstate(over="ignore", invalid="ignore"):
            treated = treatment.apply(right)
        return treated.shape == right.shape and relative_l2(treated, right) > _NO_CHANGE

    def _best(self, level: int) -> list[Candidate]:
        """The best candidate of each kind, with so many mistakes beside the evident one."""
        wanted = len(self._base.parts) + 1 + level
        width, part = _WIDTHS[level]
        if level == 0 and (shown := self._shown_by_signs()) is not None:
            return [shown]
        chosen: dict[tuple[str, ...], Candidate] = {}
        for residual, candidate in self._trials.ranked:
            kinds = candidate.parts
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

    def _try_fits(self, bases: Sequence[Candidate], fits: fitting.Fits = fitting.of_input) -> None:
        """Means and scales of the input that are solved for, until one is confirmed."""
        for base in bases:
            for candidate in fits(self._trials, base):
                self._trials.try_all([candidate])
                if self.confirmed:
                    self._trials.try_all(fitting.known(self._segment, candidate))
                    return

    def _dropout(self, joined_with: Candidate = NO_MISTAKE) -> Iterator[Candidate]:
        """Dropout in the layer's own output, together with another mistake."""
        network, node = self._segment.network, self._segment.node
        if not can_drop_out(network, node):
            return
        computed = self._segment.compute(joined_with, np.float32)
        mask = dropout.output_mask(self._values, computed)
        if mask is not None:
            cause = Cause("dropout", network.owner(node))
            if joined := Candidate((cause,), scales={node.name: mask}).joined(joined_with):
                yield joined
