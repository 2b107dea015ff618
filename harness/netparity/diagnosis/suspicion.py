"""What is said of a layer whose error nothing explains: rarely a suspicion, else what was tried."""

from __future__ import annotations

import numpy as np

from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.segment import Candidate
from netparity.diagnosis.treatments.scaled import angle
from netparity.diagnosis.trials import Trials
from netparity.parity.floor import relative_l2

_MOST_SUSPECTED = 3
_LEFT = 0.1
"""A mistake is suspected if it leaves at most this part of the error."""

_MOST_MISTAKES = 2
_MOST_GREY_LEVELS = 8.0
"""An input that is further off is another image."""


def unexplained(trials: Trials, base: Candidate) -> Finding:
    """The finding for a layer without a confirmed cause.

    Args:
        base: what the values themselves show to have been done to them.
    """
    segment = trials.segment
    place = segment.network.owner(segment.node)
    right = segment.compute(base)
    nothing = trials.error(right)
    allowed = _LEFT * min(nothing, angle(trials.values, right))
    found = [
        Explanation(candidate.causes, trials.before, residual, 0.0)
        for residual, candidate in trials.ranked
        if residual <= allowed and count(candidate.causes) <= _MOST_MISTAKES
    ][:_MOST_SUSPECTED]
    return Finding(
        place,
        segment.since,
        trials.before,
        next(iter(found), None),
        found[1:],
        tried=len(trials.results),
        cut_short=trials.cut_short,
        shown=base.causes,
        grey_levels=None if found else _grey_levels(trials, base, nothing),
    )


def count(causes: tuple[Cause, ...]) -> int:
    """How many mistakes these are: the same one at several places is one."""
    return len({(cause.mistake, cause.detail) for cause in causes})


def _grey_levels(trials: Trials, base: Candidate, error: float) -> float | None:
    """How far off an input would have to be, as by noise, for such an error; None if too far."""
    segment = trials.segment
    network = segment.network
    if not segment.from_input or len(network.inputs) != 1 or base.other_input is not None:
        return None
    given = network.inputs[0].preprocessing
    if given is None or not np.isfinite(error):
        return None
    x = np.asarray(segment.known[network.inputs[0].name], dtype=np.float32)
    level = np.float32(given.scale) / np.asarray(given.deviation, dtype=np.float32)
    noise = np.random.default_rng(0).standard_normal(x.shape, dtype=np.float32) * level
    moved = segment.compute_from(x + noise, base)
    effect = relative_l2(moved, segment.compute(base, np.float32))
    levels = error / effect if effect else np.inf
    return float(levels) if levels <= _MOST_GREY_LEVELS else None
