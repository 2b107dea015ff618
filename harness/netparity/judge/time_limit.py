"""How long a diagnosis may take."""

from __future__ import annotations

import time
from collections.abc import Callable

BUDGET_SECONDS = 60.0


def time_limit(seconds: float) -> Callable[[], bool]:
    """A function that says whether so many seconds have passed since now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end
