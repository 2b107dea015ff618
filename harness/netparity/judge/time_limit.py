"""How long a diagnosis may take."""

from __future__ import annotations

from netparity.diagnosis.pace import TimeLimit

__all__ = ["BUDGET_SECONDS", "LEAST_PART", "TimeLimit", "time_limit"]

BUDGET_SECONDS = 60.0

LEAST_PART = 0.25
"""The part of the budget that is left for the search, however slow the verdict was."""


def time_limit(seconds: float) -> TimeLimit:
    """So many seconds from now on."""
    return TimeLimit(seconds)
