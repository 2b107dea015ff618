"""What a search is doing, in a few words."""

from __future__ import annotations

import math

from netparity.diagnosis.candidate import Candidate
from netparity.diagnosis.titles import describe

_LONGEST = 60


def in_brief(candidate: Candidate, least: float, seconds_left: float) -> str:
    """The candidate that was tried, the smallest error so far and the time left."""
    words = " and ".join(describe(cause) for cause in candidate.causes[:2]) or "no mistake"
    if len(words) > _LONGEST:
        words = words[: _LONGEST - 1] + "…"
    best = f"least error {least:.1e}" if math.isfinite(least) else "nothing found yet"
    left = f", {max(0.0, seconds_left):.0f} s left" if math.isfinite(seconds_left) else ""
    return f"{words} ({best}{left})"
