"""Means and scales of the input that are solved for, beside other mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from netparity.diagnosis.affine import Affine, Compute, as_affine, fit
from netparity.diagnosis.affine_names import named, seen_in
from netparity.diagnosis.findings import INPUT_PLACE, Cause
from netparity.diagnosis.image_candidates import input_changes, of_change
from netparity.diagnosis.image_candidates import of_input as of_other
from netparity.diagnosis.mistakes import InputChange
from netparity.diagnosis.segment import Candidate, Segment
from netparity.diagnosis.treatments.scaled import angle, factor
from netparity.diagnosis.trials import Trials
from netparity.networks.ops.base import Array
from netparity.networks.plain_input import takes_colour, to_plain

_FEWEST = 24
"""Values that are needed to fit six numbers."""

_MOST_STARTS = 3
_A_FIT = 7
"""Passes that a fit takes at least."""

_NEAREST = 0.7
"""Sine of the angle between the values and those of a start, beyond which no fit leads to them."""

_SAME = 1e-3
"""Largest difference between fitted numbers and known ones; means as parts of 255."""

_DIVIDED = ((58.0, 116.0), (58.0, 232.0), (255.0, 0.0), (255.0, 116.0))
"""Divisors and means beside which the biases count for more, as after torchvision's `Normalize`."""


Fits = Callable[[Trials, Candidate], Iterator[Candidate]]
"""Candidates with fitted numbers, beside another one."""


class _OutOfTimeError(Exception):
    """There is no time for the passes of a fit."""


def of_input(trials: Trials, base: Candidate) -> Iterator[Candidate]:
    """The input with the mean and scale of each channel that fit best, beside a candidate."""
    segment = trials.segment
    if not can_be_fitted(segment) or isinstance(base.input, Affine) or trials.values.size < _FEWEST:
        return

    def compute(affines: Sequence[Affine]) -> list[Array]:
        return _features(trials, base, affines)

    try:
        starts = _starts(trials, compute, base)
    except _OutOfTimeError:
        return
    for start in starts:
        if (found := _fitted(trials, compute, start, base)) is None:
            return
        yield found


def from_the_nearest(trials: Trials, base: Candidate) -> Iterator[Candidate]:
    """The same, from the best of what was tried: from the right mean or from a known mistake."""
    segment = trials.segment
    if not can_be_fitted(segment) or isinstance(base.input, Affine) or trials.values.size < _FEWEST:
        return
    right = angle(trials.values, segment.compute(base, np.float32)), base
    tried = [(left, each) for left, each in trials.angles if each.treatment is base.treatment]
    left, nearest = min([right, *tried], key=lambda each: each[0])
    if left > _NEAREST or isinstance(nearest.input, Affine):
        return

    def compute(affines: Sequence[Affine]) -> list[Array]:
        return _features(trials, base, affines)

    start = as_affine(nearest.input, segment.network)
    if nearest.input is None or not nearest.input.axes_swapped:
        size = 1.0
        if base.treatment is None:
            size = factor(segment.compute(nearest, np.float32), trials.values)
        if (found := _fitted(trials, compute, _scaled(start, size), base)) is not None:
            yield found


def _features(trials: Trials, base: Candidate, affines: Sequence[Affine]) -> list[Array]:
    found = trials.features([replace(base, input=affine) for affine in affines])
    if len(found) < len(affines):
        raise _OutOfTimeError
    return found


def _fitted(trials: Trials, compute: Compute, start: Affine, base: Candidate) -> Candidate | None:
    """The candidate with the numbers to which a start leads; None if there is no time."""
    segment = trials.segment
    if not trials.fits(_A_FIT * segment.more_work(replace(base, input=start), np.float32, {})):
        return None
    try:
        found, _ = fit(compute, trials.values, start, trials.limit / 4)
    except _OutOfTimeError:
        return None
    causes = [cause for cause in base.causes if cause not in _of_change(base)]
    words = named(found, segment.network.mean_rgb, seen_in(_levels(segment, base)))
    made = [Cause("input-affine", INPUT_PLACE, words)]
    if found.channels_swapped:
        made.append(Cause("channels-swapped", INPUT_PLACE))
    return replace(base, causes=(*causes, *made), input=replace(found, words=words))


def _scaled(start: Affine, size: float) -> Affine:
    """All numbers multiplied."""
    scale = tuple(size * np.asarray(start.scale))
    return replace(start, scale=scale, offset=tuple(size * np.asarray(start.offset)))


def known(segment: Segment, found: Candidate) -> Iterator[Candidate]:
    """The known mistakes with mean and scale that have the numbers which were fitted."""
    assert isinstance(found.input, Affine)
    fitted = _numbers(found.input)
    causes = tuple(cause for cause in found.causes if cause.place != INPUT_PLACE)
    if found.other_input is not None:
        causes = (*causes, *of_other(found.other_input).causes)
    for change in input_changes(segment):
        numbers = as_affine(change, segment.network)
        same = np.allclose(_numbers(numbers), fitted, rtol=_SAME, atol=_SAME)
        same = same and change.channels_swapped == found.input.channels_swapped
        if same and not change.axes_swapped:
            made = of_change(change).causes
            yield replace(found, causes=(*causes, *made), input=change)


def _numbers(affine: Affine) -> Array:
    return np.array([*affine.scale, *affine.mean / 255])


def can_be_fitted(segment: Segment) -> bool:
    """Whether the input is an image whose right mean is a number for each channel."""
    if not segment.from_input or not takes_colour(segment.network):
        return False
    given = segment.network.image.preprocessing
    return given is not None and given.mean_image is None and given.order != "grey"


def _starts(trials: Trials, compute: Compute, base: Candidate) -> list[Affine]:
    """The likeliest means in both channel orders whose features point most nearly the right way.

    A network of convolutions and ReLUs hands a scale on to its feature, where a dot product finds
    it.
    """
    network = trials.segment.network
    own = as_affine(None, network)
    mean = np.asarray(network.mean_rgb)
    starts = [as_affine(base.input, network)] if isinstance(base.input, InputChange) else []
    usual = ((1, mean), (1, 0 * mean), (1, 2 * mean), (1, mean[::-1]), (1, np.full(3, 128.0)))
    for divisor, levels in (*usual, *_DIVIDED):
        factors = np.asarray(own.scale) / divisor
        numbers = tuple(factors), tuple(-np.broadcast_to(levels, 3) * factors)
        starts += [Affine(*numbers, swapped) for swapped in (False, True)]
    aligned = []
    for start, computed in zip(starts, compute(starts), strict=True):
        size = factor(computed, trials.values) if base.treatment is None else 1.0
        if not np.isfinite(size) or size <= 0:
            continue
        aligned.append((angle(trials.values, computed), _scaled(start, size)))
    aligned.sort(key=lambda each: each[0])
    return [start for angle_left, start in aligned[:_MOST_STARTS] if angle_left < _NEAREST]


def _of_change(base: Candidate) -> set[Cause]:
    return {Cause(key, INPUT_PLACE) for key in base.input.mistakes} if base.input else set()


def _levels(segment: Segment, base: Candidate) -> Array:
    """The images in grey levels, as they are beside the candidate's mistakes."""
    network = segment.network
    [entry] = network.inputs
    x = base.other_input.tensor if base.other_input is not None else segment.known[entry.name]
    mean = np.asarray(network.mean_rgb)
    return np.asarray(to_plain(np.asarray(x, dtype=np.float64), network) + mean)
