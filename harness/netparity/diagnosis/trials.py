"""Candidates that were tried, how far each is from the exported values, and which are confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from netparity.diagnosis.findings import Cause, Explanation
from netparity.diagnosis.other_input import OtherInput
from netparity.diagnosis.pace import Pace
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.diagnosis.sketches import Sketches
from netparity.diagnosis.stored import stored_format
from netparity.diagnosis.treatments.scaled import angle
from netparity.networks.ops.base import Array
from netparity.networks.rounding import UNIT_ROUNDOFF
from netparity.parity.floor import relative_l2

_PROMISING = 50.0
"""A float32 residual within this many limits is worth a float64 pass."""

_NEAR = 2.0
"""Beyond so many limits of the right computation, the candidate's own rounding must be larger."""

_OWN = 3.0
"""Factor between a residual and the limit that two float32 passes of the candidate suggest, beyond
which a float64 pass would refute it."""

_MOST_REFUTED = 5
"""Float64 passes in a row that confirm nothing, after which those that are further off are left."""

_BATCH_SECONDS = 1.0
_MOST_TOGETHER = 64
_SHARED = 0.3
"""A candidate that adds less than this part of its own work to a batch belongs to it."""

_LONG_SECONDS = 5.0
"""After so long, a group is not tried to its end once something is confirmed."""

_TO_CONFIRM = 4.0
"""Float32 passes of the right computation that take as long as to confirm a candidate."""

FITTED = frozenset(
    {
        *("treated-scaled", "treated-permuted", "input-affine"),
        *("treated-saturated", "treated-saturated-channel"),
    }
)
"""Mistakes with numbers that were fitted: of equally good explanations they are the last."""

Report = Callable[[Candidate, float], None]
"""Called after each candidate, with the smallest error that any leaves."""


class Trials:
    """The candidates for one layer with one possible input.

    Args:
        values: the exported ones.
        factor: of the noise floor, within which a candidate is confirmed.
        report: called after each candidate.
        pace: how much time is left, and how long computations take.

    Attributes:
        before: the layer's error without any mistake.
        stored: the coarse number format of the values; None if there is none.
        results: every candidate that was tried, after the error that it leaves.
        sketches: what each changed about the feature.
        angles: the candidates with another mean or scale, after the sine of the angle between their
            features and the values.
        least: the smallest error that any candidate leaves.
        cut_short: whether the time was up before all was tried.
    """

    def __init__(
        self, segment: Segment, values: Array, factor: float, report: Report, pace: Pace
    ) -> None:
        self.segment, self.values, self._factor = segment, values, factor
        self._report, self.pace = report, pace
        self.before = relative_l2(values, segment.right)
        # Of the layers of a run, a tool's own number format is a matter of its arithmetic.
        alone = segment.from_input and not segment.is_single
        self.stored = stored_format(values) if alone else None
        self.results: list[tuple[float, Candidate]] = []
        self.sketches = Sketches(values, segment.right)
        self.angles: list[tuple[float, Candidate]] = []
        self.least = np.inf
        self.cut_short = False
        self._tried: set[tuple[frozenset[Cause], OtherInput | None]] = set()
        self._explanations: list[Explanation] = []
        self.explaining: dict[tuple[Cause, ...], Candidate] = {}

    @property
    def confirmed(self) -> list[Explanation]:
        """The explanations that leave only rounding, the fewest causes first."""
        found = [explanation for explanation in self._explanations if explanation.confirmed]
        return sorted(found, key=lambda each: (len(each.causes), _is_fitted(each)))

    @property
    def equal(self) -> list[Explanation]:
        """The other confirmed ones that are as good as the first; what is fitted always is."""
        first, *others = self.confirmed
        return [
            each
            for each in others
            if len(each.causes) == len(first.causes) and (_is_fitted(first) or not _is_fitted(each))
        ]

    @property
    def ranked(self) -> list[tuple[float, Candidate]]:
        """The candidates with the errors that they leave, the most promising first."""
        return sorted(self.results, key=lambda tried: tried[0])

    @property
    def limit(self) -> float:
        """The error within which the right computation would pass."""
        return self._factor * self.segment.floor

    def error(self, computed: Array) -> float:
        """The relative L2 error of the exported values against computed ones.

        Where the values were stored coarsely, only what that does not explain.
        """
        if self.stored is None:
            return relative_l2(self.values, computed)
        return relative_l2(self.stored.nearest(computed), computed)

    def left_by(self, candidate: Candidate) -> float:
        """The error that a candidate leaves; the layer's own if it was not tried."""
        found = (residual for residual, each in self.results if each is candidate)
        return next(found, self.before)

    def try_all(self, candidates: Iterable[Candidate]) -> None:
        """Compute each in float32, and those that come close in float64."""
        promising: list[tuple[float, Candidate]] = []
        begun = self.pace.limit.clock()
        for batch, work in self._batches(self._new(candidates)):
            computed = self._computed(batch, work)
            for candidate, values in zip(batch, computed, strict=True):
                residual = self.error(values)
                residual = residual if np.isfinite(residual) else np.inf
                self.results.append((residual, candidate))
                self.least = min(self.least, residual)
                self.sketches.add(candidate, values)
                if "input" in candidate.parts and {"input", "treatment"} >= {*candidate.parts}:
                    self.angles.append((angle(self.values, values), candidate))
                if residual <= _PROMISING * self.limit and residual < self.before:
                    promising.append((residual, candidate))
                self._report(candidate, self.least)
            if self.pace.limit.clock() - begun > _LONG_SECONDS:
                near = [each for each in promising if each[0] <= _NEAR * self.limit]
                promising = [each for each in promising if each[0] > _NEAR * self.limit]
                self._confirm_some(near)
                if self.confirmed:
                    break
        self._confirm_some(promising)

    def features(self, candidates: Iterable[Candidate]) -> list[Array]:
        """What candidates export, in float32; only the first ones if the time is up."""
        return [
            values
            for batch, work in self._batches(candidates)
            for values in self._computed(batch, work)
        ]

    def time_is_up(self) -> bool:
        """Whether to stop; remembers that it did."""
        self.cut_short = self.cut_short or self.pace.limit()
        return self.cut_short

    def fits(self, work: float) -> bool:
        """Whether there is time for so much work in float32 and to confirm what it finds."""
        to_confirm = _TO_CONFIRM * self.segment.more_work(NO_MISTAKE, np.float32, {})
        if not self.pace.fits(self.pace.seconds(work + to_confirm, np.float32)):
            self.cut_short = True
        return not self.time_is_up()

    def _new(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those that were not tried yet."""
        for candidate in candidates:
            # Tools round the same geometry in several ways, which have the same words.
            key = frozenset(candidate.causes), candidate.other_input
            if key not in self._tried:
                # The numbers of a fit are not among its causes.
                if FITTED.isdisjoint(cause.mistake for cause in candidate.causes):
                    self._tried.add(key)
                yield candidate

    def _computed(self, batch: list[Candidate], work: float) -> list[Array]:
        """What these candidates export, in float32."""
        with self.pace.measured(work, np.float32):
            return self.segment.compute_all(batch, np.float32)

    def _batches(self, candidates: Iterable[Candidate]) -> Iterator[tuple[list[Candidate], float]]:
        """Candidates that are computed together, with the work that they take.

        Ends when the time is up, or would be after the next one.
        """
        batch: list[Candidate] = []
        work, planned = 0.0, dict[str | None, set[int]]()
        for candidate in candidates:
            if self.cut_short:
                return
            more = self.segment.more_work(candidate, np.float32, planned)
            seconds = self.pace.seconds(work + more, np.float32)
            shares = more < _SHARED * self.segment.more_work(candidate, np.float32, {})
            full = seconds > _BATCH_SECONDS or len(batch) == _MOST_TOGETHER
            if batch and full and not shares:
                yield batch, work
                batch, work, planned = [], 0.0, {}
                more = self.segment.more_work(candidate, np.float32, planned)
            if not self.fits(work + more):
                break
            batch.append(candidate)
            work += more
        if batch:
            yield batch, work

    def _confirm_some(self, promising: list[tuple[float, Candidate]]) -> None:
        """Compute in float64 those that come closest."""
        refuted = 0
        explained = [set(each.causes) for each in self.confirmed]
        for residual, candidate in sorted(promising, key=self._simplest_first):
            if refuted == _MOST_REFUTED or self.time_is_up():
                break
            if any(causes < set(candidate.causes) for causes in explained):
                continue
            if residual > _NEAR * self.limit and not self._may_round_so(candidate, residual):
                refuted += 1
                continue
            if self._confirm(candidate):
                explained.append(set(candidate.causes))
                refuted = 0
            else:
                refuted += 1

    def _simplest_first(self, tried: tuple[float, Candidate]) -> tuple[bool, int, float]:
        """Of those within the limit the fewest mistakes first, then those that come closest."""
        residual, candidate = tried
        beyond = residual > self.limit
        return beyond, 0 if beyond else len({each.mistake for each in candidate.causes}), residual

    def _may_round_so(self, candidate: Candidate, residual: float) -> bool:
        """Whether two float32 passes of the candidate differ enough for such a residual."""
        passes = self.segment.roundings(candidate)
        own = relative_l2(next(passes), next(passes).astype(np.float64))
        return not np.isfinite(own) or residual <= _OWN * self._factor * max(own, UNIT_ROUNDOFF)

    def _confirm(self, candidate: Candidate) -> bool:
        work = self.segment.more_work(candidate, np.float64, {})
        with self.pace.measured(work, np.float64):
            exact = self.segment.compute(candidate)
        after = self.error(exact)
        allowed = self._allowed(candidate, exact, after)
        candidate = self._with_format(candidate, exact, allowed)
        floor = allowed / self._factor
        explanation = Explanation(candidate.causes, self.before, after, allowed, floor)
        self._explanations.append(explanation)
        self.explaining[candidate.causes] = candidate
        return explanation.confirmed

    def _allowed(self, candidate: Candidate, exact: Array, after: float) -> float:
        """The largest error that rounding explains; measured until it is clear whether it does."""
        floor = UNIT_ROUNDOFF
        for values in self.segment.roundings(candidate):
            error = relative_l2(values, exact)
            floor = max(floor, error) if np.isfinite(error) else floor
            if after <= self._factor * floor:
                break
        return self._factor * floor

    def _with_format(self, candidate: Candidate, exact: Array, allowed: float) -> Candidate:
        """The candidate with the coarse format among its causes, if that explains a part."""
        if self.stored is None or relative_l2(self.values, exact) <= allowed:
            return candidate
        place = self.segment.network.owner(self.segment.node)
        return replace(
            candidate, causes=(*candidate.causes, Cause("stored", place, self.stored.words))
        )


def _is_fitted(explanation: Explanation) -> bool:
    """Whether numbers in it were fitted to the values."""
    return any(cause.mistake in FITTED for cause in explanation.causes)
