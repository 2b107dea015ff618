"""Candidates before the network: other inputs, and mistakes with the right one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from netparity.diagnosis import order
from netparity.diagnosis.findings import INPUT_PLACE, Cause
from netparity.diagnosis.mistakes import INPUT_CHANGES, InputChange
from netparity.diagnosis.order import place_of
from netparity.diagnosis.other_input import OtherInput
from netparity.diagnosis.segment import Candidate, Segment
from netparity.networks.plain_input import takes_colour

_MOST_USUAL = 2
"""How many of the other inputs are likely whatever else is wrong."""


def changes_beside(segment: Segment, base: Candidate) -> Iterator[Candidate]:
    """Several mistakes in an image's preprocessing at once, beside those of another candidate."""
    for change in input_changes(segment):
        if len(change.mistakes) > 1 and (joined := base.joined(of_change(change))):
            yield joined


def input_changes(segment: Segment) -> tuple[InputChange, ...]:
    """The mistakes in an image's preprocessing, for networks that take images.

    Means and scales are only known to be wrong where the right ones are a number for each channel.
    """
    if not segment.from_input or not takes_colour(segment.network):
        return ()
    image = segment.network.image
    given, square = image.preprocessing, image.shape[0] == image.shape[1]
    known = given is not None and given.mean_image is None
    possible = (
        change
        for change in INPUT_CHANGES
        if (known or change.value is None) and (square or not change.axes_swapped)
    )
    return tuple(
        sorted(
            possible,
            key=lambda each: (len(each.mistakes), place_of(each.mistakes, order.INPUT_CHANGES)),
        )
    )


def of_change(change: InputChange) -> Candidate:
    """Mistakes in the preprocessing of the right input."""
    causes = tuple(Cause(key, INPUT_PLACE) for key in change.mistakes)
    return Candidate(causes, input=change)


def other_inputs(segment: Segment) -> Iterator[Candidate]:
    """Every input that differs from the right one in one step, the likeliest first."""
    if segment.from_input:
        yield from (of_input(other) for other in segment.inputs.alone())


def usual_inputs(segment: Segment, base: Candidate) -> list[Candidate]:
    """The likeliest other inputs, beside a candidate; none if it has one."""
    likeliest = islice(other_inputs(segment), _MOST_USUAL)
    return [joined for each in likeliest if (joined := base.joined(each))]


def of_input(other: OtherInput) -> Candidate:
    """Another input in place of the right one."""
    causes = tuple(Cause(key, INPUT_PLACE, detail) for key, detail in other.mistakes)
    return Candidate(causes, other_input=other)


def without_input(candidate: Candidate) -> Candidate:
    """All its mistakes but those of its other input."""
    assert candidate.other_input is not None
    made = set(of_input(candidate.other_input).causes)
    causes = tuple(cause for cause in candidate.causes if cause not in made)
    return replace(candidate, causes=causes, other_input=None)
