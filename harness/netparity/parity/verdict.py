"""From a distance to a verdict. `docs/parity.md` states the rule and the reasons for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netparity.errors import UsageError
from netparity.networks.ops.base import Array
from netparity.parity.metrics import Measured
from netparity.protocol import Verdict

FLOOR_FACTOR = 8.0
"""A feature passes within this many times its noise floor: docs/decisions/0003."""

FEWEST_VALUES = 4
"""Fewer values may agree by chance."""

MOST_ALLOWED = 0.1
"""A larger tolerance would accept anything: the sums have cancelled, so agreement shows nothing."""

_SMALLEST_SCALE = float(np.finfo(np.float32).tiny) * 2**24
"""Below this, float32 loses digits that its relative error could not show."""


@dataclass(frozen=True)
class Rule:
    """What passes: `factor` times the noise floor, or the user's tolerances instead.

    Attributes:
        factor: multiple of the noise floor.
        max_relative_l2: largest ||x - r|| / ||r||.
        atol: with `rtol`, |x - r| <= atol + rtol |r| for every value.
        rtol: see `atol`.
    """

    factor: float = FLOOR_FACTOR
    max_relative_l2: float | None = None
    atol: float | None = None
    rtol: float | None = None

    @classmethod
    def from_tolerances(
        cls, max_relative_l2: float | None, atol: float | None, rtol: float | None
    ) -> Rule:
        """The rule for a user's tolerances; without any, that of the noise floor.

        Raises:
            UsageError: naming the first tolerance that is negative or not finite.
        """
        options = {"--max-relative-l2": max_relative_l2, "--atol": atol, "--rtol": rtol}
        for option, value in options.items():
            if value is not None and not 0 <= value < math.inf:
                raise UsageError(f"{option} {value}: expected a finite number of at least 0")
        return cls(max_relative_l2=max_relative_l2, atol=atol, rtol=rtol)

    def doubled(self) -> Rule:
        """The rule for two runners, each of which may be off by the tolerance."""

        def twice(value: float | None) -> float | None:
            return None if value is None else 2 * value

        return Rule(
            2 * self.factor, twice(self.max_relative_l2), twice(self.atol), twice(self.rtol)
        )

    @property
    def by_floor(self) -> bool:
        """Whether the noise floor decides."""
        return self.max_relative_l2 is None and self.atol is None and self.rtol is None

    def allows(self, metrics: Measured, x: Array, r: Array, floor: float | None) -> bool:
        """Whether x is close enough to r.

        Without a floor and without tolerances, only equality is.
        """
        error = metrics.relative_l2
        if error is None:  # r is zero: only an absolute tolerance can allow a difference
            error = 0.0 if metrics.max_abs == 0 else np.inf
        if self.by_floor:
            return error <= self.factor * (floor or 0.0)
        if self.max_relative_l2 is not None and error > self.max_relative_l2:
            return False
        if self.atol is None and self.rtol is None:
            return True
        return bool(np.allclose(x, r, rtol=self.rtol or 0.0, atol=self.atol or 0.0))


def degeneracy(reference: Array) -> str | None:
    """Why agreement with these values would show nothing; None if it would show something."""
    if reference.size < FEWEST_VALUES:
        return f"the layer has only {reference.size} values"
    largest = float(np.max(np.abs(reference)))
    if largest == 0:
        return "the reference is zero everywhere"
    if np.ptp(reference) == 0:
        return "the reference is constant"
    if largest < _SMALLEST_SCALE:
        return f"the reference is at most {largest:.1e}, where float32 loses precision"
    return None


def judge(
    metrics: Measured,
    x: Array,
    r: Array,
    floor: float | None,
    rule: Rule,
    degenerate: str | None,
) -> tuple[Verdict, str | None]:
    """The verdict on one feature x against r, and a note if it needs an explanation.

    `error` if a value is NaN or infinite; `divergent` beyond the rule; `inconclusive` within the
    rule where agreement shows nothing; otherwise `pass`. `parity.compare` turns some of these into
    `identical` and `reduced-precision` by comparing runners and layers.
    """
    if metrics.nan or metrics.inf:
        counts = [f"{metrics.nan:,} NaN"] * (metrics.nan > 0)
        counts += [f"{metrics.inf:,} infinite"] * (metrics.inf > 0)
        return "error", f"{' and '.join(counts)} of {metrics.count:,} values"
    if metrics.nan_against or metrics.inf_against:
        return "error", "the values it is compared with contain NaN or infinity"
    if not rule.allows(metrics, x, r, floor):
        return "divergent", None
    if degenerate:
        return "inconclusive", degenerate
    if rule.by_floor and floor is not None and rule.factor * floor > MOST_ALLOWED:
        return "inconclusive", f"float32 rounding alone changes this layer by {floor:.1g}"
    return "pass", None
