"""Candidates that were tried, how far each is from the exported values, and which are confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from netparity.diagnosis.findings import Cause, Explanation
from netparity.diagnosis.segment import Candidate, Segment
from netparity.diagnosis.stored import stored_format
from netparity.networks.ops.base import Array
from netparity.parity.floor import relative_l2

_PROMISING = 50.0
"""A float32 residual within this many limits is worth a float64 pass."""

_MOST_REFUTED = 5
"""Float64 passes in a row that confirm nothing, after which those that are further off are left."""

FITTED = frozenset({"treated-scaled", "treated-permuted", "input-affine"})
"""Mistakes with numbers that were fitted: of equally good explanations they are the last."""


class Trials:
    """The candidates for one layer with one possible input.

    Args:
        values: the exported ones.
        factor: of the noise floor, within which a candidate is confirmed.
        done: called after each candidate.
        over: whether the time is up.

    Attributes:
        before: the layer's error without any mistake.
        stored: the coarse number format of the values; None if there is none.
        results: every candidate that was tried, after the error that it leaves.
        cut_short: whether the time was up before all was tried.
    """

    def __init__(
        self,
        segment: Segment,
        values: Array,
        factor: float,
        done: Callable[[], None],
        over: Callable[[], bool],
    ) -> None:
        self.segment, self.values, self._factor = segment, values, factor
        self._done, self._over = done, over
        self.before = relative_l2(values, segment.right)
        # Of the layers of a run, a tool's own number format is a matter of its arithmetic.
        alone = segment.from_input and not segment.is_single
        self.stored = stored_format(values) if alone else None
        self.results: list[tuple[float, Candidate]] = []
        self.cut_short = False
        self._explanations: list[Explanation] = []
        self.explaining: dict[tuple[Cause, ...], Candidate] = {}

    @property
    def confirmed(self) -> list[Explanation]:
        """The explanations that leave only rounding, the fewest causes first."""
        found = [explanation for explanation in self._explanations if explanation.confirmed]
        return sorted(found, key=lambda each: (len(each.causes), _is_fitted(each)))

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

    def try_all(self, candidates: Iterable[Candidate]) -> None:
        """Compute each in float32, and those that come close in float64."""
        promising = []
        for candidate in candidates:
            if self.time_is_up():
                break
            residual = self.error(self.segment.compute(candidate, np.float32))
            self.results.append((residual if np.isfinite(residual) else np.inf, candidate))
            if residual <= _PROMISING * self.limit and residual < self.before:
                promising.append((residual, candidate))
            self._done()
        refuted = 0
        for _, candidate in sorted(promising, key=lambda each: each[0]):
            if refuted == _MOST_REFUTED or self.time_is_up():
                break
            refuted = 0 if self._confirm(candidate) else refuted + 1

    def time_is_up(self) -> bool:
        """Whether to stop; remembers that it did."""
        self.cut_short = self.cut_short or self._over()
        return self.cut_short

    def _confirm(self, candidate: Candidate) -> bool:
        exact = self.segment.compute(candidate)
        after = self.error(exact)
        allowed = self.segment.limit(candidate, exact, self._factor)
        candidate = self._with_format(candidate, exact, allowed)
        explanation = Explanation(candidate.causes, self.before, after, allowed)
        self._explanations.append(explanation)
        self.explaining[candidate.causes] = candidate
        return explanation.confirmed

    def _with_format(self, candidate: Candidate, exact: Array, allowed: float) -> Candidate:
        """The candidate with the coarse format among its causes, if that explains a part."""
        if self.stored is None or relative_l2(self.values, exact) <= allowed:
            return candidate
        place = self.segment.network.owner(self.segment.node)
        return replace(
            candidate, causes=(*candidate.causes, Cause("stored", place, self.stored.words))
        )


def _is_fitted(explanation: Explanation) -> bool:
    return any(cause.mistake in FITTED for cause in explanation.causes)
