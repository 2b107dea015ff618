"""From a distance to a verdict. `docs/parity.md` states the rule and why."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netparity.errors import UsageError
from netparity.parity.arithmetic import Array
from netparity.parity.metrics import Metrics
from netparity.protocol import Verdict

FLOOR_FACTOR = 8.0
"""A feature passes within so many times its noise floor: docs/decisions/0003."""

FEWEST_VALUES = 4
"""Agreement of fewer values than that may be chance."""

MOST_ALLOWED = 0.1
"""Where rounding alone does so much, the sums have cancelled, and agreement would show nothing."""

_SMALLEST_SCALE = float(np.finfo(np.float32).tiny) * 2**24
"""Below it float32 loses digits that its relative error could not show."""


@dataclass(frozen=True)
class Rule:
    """What passes: `factor` times the noise floor, or what the user asks for instead.

    Attributes:
        factor: of the noise floor.
        max_relative_l2: largest ||x - r|| / ||r||.
        atol: with `rtol`, |x - r| <= atol + rtol |r| for every value.
        rtol: see `atol`.
    """

    factor: float = FLOOR_FACTOR
    max_relative_l2: float | None = None
    atol: float | None = None
    rtol: float | None = None

    def doubled(self) -> Rule:
        """For two runners, each of which may be off by the tolerance."""

        def twice(value: float | None) -> float | None:
            return None if value is None else 2 * value

        return Rule(
            2 * self.factor, twice(self.max_relative_l2), twice(self.atol), twice(self.rtol)
        )

    @property
    def by_floor(self) -> bool:
        """Whether the noise floor decides."""
        return self.max_relative_l2 is None and self.atol is None and self.rtol is None

    def allows(self, metrics: Metrics, x: Array, r: Array, floor: float | None) -> bool:
        """Whether x is near enough to r.

        Without a floor and without a tolerance of the user's nothing is allowed but equality.
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
    """Why agreement with these values would show nothing; None if it would."""
    if reference.size < FEWEST_VALUES:
        return f"the layer has only {reference.size} values"
    largest = float(np.max(np.abs(reference)))
    if largest == 0:
        return "the reference is zero everywhere"
    if np.ptp(reference) == 0:
        return "the reference is constant"
    if largest < _SMALLEST_SCALE:
        return f"the reference is at most {largest:.1e}, where float32 loses its digits"
    return None


def judge(
    metrics: Metrics,
    x: Array,
    r: Array,
    floor: float | None,
    rule: Rule,
    degenerate: str | None,
) -> tuple[Verdict, str | None]:
    """A verdict on one feature x against r, and a note where it needs words.

    `error` if a value is NaN or infinite; `divergent` beyond the rule; `inconclusive` within it
    where agreement shows nothing; `pass` otherwise. What `identical` and `reduced-precision` add
    is seen by comparing runners and layers (`parity.compare`).
    """
    if metrics.nan or metrics.inf:
        counted = [f"{metrics.nan:,} NaN"] * (metrics.nan > 0)
        counted += [f"{metrics.inf:,} infinite"] * (metrics.inf > 0)
        return "error", f"{' and '.join(counted)} of {metrics.count:,} values"
    if metrics.nan_against or metrics.inf_against:
        return "error", "what it is held against holds NaN or infinite values"
    if not rule.allows(metrics, x, r, floor):
        return "divergent", None
    if degenerate:
        return "inconclusive", degenerate
    if rule.by_floor and floor is not None and rule.factor * floor > MOST_ALLOWED:
        return "inconclusive", f"float32 rounding alone moves this layer by {floor:.1g}"
    return "pass", None


def check_tolerances(max_relative_l2: float | None, atol: float | None, rtol: float | None) -> None:
    """Tolerances are finite and not negative.

    Raises:
        UsageError: naming the first that is not.
    """
    named = {"--max-relative-l2": max_relative_l2, "--atol": atol, "--rtol": rtol}
    for option, value in named.items():
        if value is not None and not 0 <= value < math.inf:
            raise UsageError(f"{option} {value}: expected a finite number of at least 0")
