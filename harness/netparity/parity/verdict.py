"""From a distance to a verdict. `docs/parity.md` states the rule and why."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netparity.parity.metrics import Metrics
from netparity.protocol import Verdict

MAX_RELATIVE_L2 = 1e-5
"""Default tolerance: about eight times what plain float32 rounding does to VGG16 up to fc6
(1.3e-6), and thirty times less than TF32 does (3e-4)."""


def judge(
    feature: npt.ArrayLike,
    against: npt.ArrayLike,
    metrics: Metrics,
    max_relative_l2: float = MAX_RELATIVE_L2,
) -> tuple[Verdict, str | None]:
    """A verdict on one feature, and a note where it needs words.

    `error` if a value is NaN or infinite; `divergent` if the relative L2 distance is beyond the
    tolerance; `inconclusive` if it is not, but what it is judged against is constant, so that
    agreement shows nothing; `pass` otherwise.
    """
    bad = int(np.size(feature) - np.count_nonzero(np.isfinite(feature)))
    bad_against = int(np.size(against) - np.count_nonzero(np.isfinite(against)))
    if bad or bad_against:
        return "error", f"{bad + bad_against} values are NaN or infinite"
    if metrics.relative_l2 is not None and metrics.relative_l2 > max_relative_l2:
        return "divergent", None
    if np.size(against) < 2 or np.ptp(np.asarray(against)) == 0:
        return "inconclusive", "the values judged against are constant"
    return "pass", None
