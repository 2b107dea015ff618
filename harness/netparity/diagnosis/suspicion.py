"""What is said of a layer whose error nothing explains: rarely a suspicion, else what was tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.image_candidates import input_changes
from netparity.diagnosis.input_noise import grey_levels
from netparity.diagnosis.mistakes import mistakes_of
from netparity.diagnosis.segment import Candidate, Segment
from netparity.diagnosis.treatments.scaled import angle
from netparity.diagnosis.trials import FITTED, Trials

KINDS: Mapping[str, str] = {
    "input": "in the mean, scale or order of the input",
    "image": "in reading, resizing or cropping the image",
    "layers": "in layers",
    "reading": "in which feature was read",
    "treatment": "in what was done to the feature afterwards",
    "weights": "with the weights of other files",
    "combinations": "combinations of several",
}
"""Every kind of what is tried, in words that follow the number of them."""

_MOST_SUSPECTED = 3
_LEFT = 0.1
"""A mistake is suspected if it leaves at most this part of the error."""

_MOST_MISTAKES = 2
_BY_CHANCE = frozenset({"treated-permuted", "treated-images"})
"""Sorted values nearly always agree: such a mistake is confirmed, or not worth a word."""

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
    error = min(nothing, angle(trials.values, right))
    few = [
        Explanation(candidate.causes, trials.before, residual, 0.0, segment.floor)
        for residual, candidate in trials.ranked
        if 0 < count(candidate.causes) <= _MOST_MISTAKES
        and not any(cause.mistake in _BY_CHANCE for cause in candidate.causes)
    ]
    found = [each for each in few[:_MOST_SUSPECTED] if each.after <= _LEFT * error]
    kinds = Counter(kind_of(candidate) for _, candidate in trials.results)
    return Finding(
        place,
        segment.since,
        trials.before,
        next(iter(found), None),
        found[1:],
        tried=len(trials.results),
        kinds={kind: kinds[kind] for kind in KINDS if kinds[kind]},
        untried=tuple(kind for kind in _possible(segment) if trials.cut_short and not kinds[kind]),
        cut_short=trials.cut_short,
        nearest=None if found else _nearest(few, error),
        shown=base.causes,
        grey_levels=None if found else _grey_levels(trials, base, nothing),
    )


def _nearest(explanations: Sequence[Explanation], error: float) -> Explanation | None:
    """The first that leaves less than the error, without numbers that were fitted to the values.

    Args:
        error: as it is with the best constant factor, if that is smaller.
    """
    for explanation in explanations:
        if explanation.after < error and not any(
            cause.mistake in FITTED for cause in explanation.causes
        ):
            return replace(explanation, before=error)
    return None


def count(causes: tuple[Cause, ...]) -> int:
    """How many mistakes these are: the same one at several places is one."""
    return len({(cause.mistake, cause.detail) for cause in causes})


def kind_of(candidate: Candidate) -> str:
    """The kind of what a candidate tries: a key of `KINDS`."""
    parts = {
        "input": candidate.input,
        "image": candidate.other_input,
        "layers": candidate.changes or candidate.scales,
        "reading": candidate.read,
        "treatment": candidate.treatment,
        "weights": candidate.weights,
    }
    kinds = [kind for kind, part in parts.items() if part]
    return kinds[0] if len(kinds) == 1 and count(candidate.causes) == 1 else "combinations"


def _possible(segment: Segment) -> Iterator[str]:
    """The kinds of which there is anything to try."""
    if input_changes(segment):
        yield "input"
    if segment.from_input and any(True for _ in segment.inputs.alone()):
        yield "image"
    if any(True for node in segment.nodes for _ in mistakes_of(segment.network, node)):
        yield "layers"
    if segment.others:
        yield "weights"
    yield "combinations"


def _grey_levels(trials: Trials, base: Candidate, error: float) -> float | None:
    """How far off an input would have to be, as by noise, for such an error; None if too far."""
    levels = grey_levels(trials.segment, error, base)
    return levels if levels is not None and levels <= _MOST_GREY_LEVELS else None
