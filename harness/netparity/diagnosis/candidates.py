"""Which mistakes could lie between two activations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from netparity.diagnosis.findings import INPUT_PLACE, Cause
from netparity.diagnosis.mistakes import INPUT_CHANGES, LAYER_MISTAKES, InputChange
from netparity.diagnosis.segment import Candidate, Segment
from netparity.models import Layer

_FURTHEST = 2
"""Number of layers by which a feature may have been read too early or too late."""

_MOST_RESIZES = 6


def singles(segment: Segment) -> Iterator[list[Candidate]]:
    """One mistake at one place, or the same mistake at every layer that can have it.

    Yields:
        Groups of candidates that may look alike, the cheapest group first.
    """
    first = [_input(change) for change in _input_changes(segment) if len(change.mistakes) == 1]
    for layer in reversed(segment.layers):
        if layer.kind == "dense" or len(segment.layers) == 1:
            first += of_layer(layer)
    first += [
        Candidate((Cause("relu-applied", name),), changes={name: {"activation": "own"}})
        for name, fields in segment.base.items()
        if fields.get("activation") == "none"
    ]
    yield [*first, *_readings(segment)]
    yield list(other_weights(segment))
    yield from ([candidate] for candidate in _other_inputs(segment))
    if len(segment.layers) > 1:
        yield list(_everywhere(segment.layers))
        maps = [layer for layer in segment.layers if layer.kind != "dense"]
        yield [candidate for layer in reversed(maps) for candidate in of_layer(layer)]


def pairs(segment: Segment, ranked: list[Candidate], most: int) -> Iterator[Candidate]:
    """Two mistakes at once.

    Args:
        ranked: single candidates, the most promising first.
        most: how many of them are paired with each other.
    """
    changes = [_input(change) for change in _input_changes(segment)]
    yield from (change for change in changes if len(change.causes) > 1)
    chosen = [candidate for candidate in ranked if candidate.input is None][:most]
    if not segment.from_input:
        changes = []
    resized = [candidate for candidate in ranked if candidate.other_input is not None]
    for change in changes:
        for candidate in [*chosen, *resized[:_MOST_RESIZES]]:
            if joined := change.joined(candidate):
                yield joined
    for first, second in combinations(chosen, 2):
        if joined := first.joined(second):
            yield joined
    for reading in (candidate for candidate in chosen if candidate.ahead > 0):
        skipped = segment.beyond[: reading.ahead]
        for mistake in _everywhere([segment.layers[-1], *skipped]):
            if joined := reading.joined(mistake):
                yield joined
        for layer in skipped:
            for mistake in of_layer(layer):
                if joined := reading.joined(mistake):
                    yield joined


def other_weights(segment: Segment) -> Iterator[Candidate]:
    """The weights of another file."""
    name = segment.layers[-1].name
    if any(layer.parameters for layer in segment.layers):
        for source in segment.others:
            yield Candidate((Cause("weights-other", name, source),), weights=source)


def of_layer(layer: Layer) -> Iterator[Candidate]:
    """Every mistake that this layer can have."""
    for mistake in LAYER_MISTAKES:
        if mistake.fits(layer):
            yield Candidate(
                (Cause(mistake.key, layer.name),), changes={layer.name: mistake.changes}
            )


def _input_changes(segment: Segment) -> tuple[InputChange, ...]:
    return INPUT_CHANGES if segment.from_input else ()


def _input(change: InputChange) -> Candidate:
    causes = tuple(Cause(key, INPUT_PLACE) for key in change.mistakes)
    return Candidate(causes, input=change)


def _other_inputs(segment: Segment) -> Iterator[Candidate]:
    if segment.from_input:
        for words in segment.inputs:
            yield Candidate((Cause("resize", INPUT_PLACE, words),), other_input=words)


def _everywhere(layers: Sequence[Layer]) -> Iterator[Candidate]:
    for mistake in LAYER_MISTAKES:
        fitting = [layer.name for layer in layers if mistake.fits(layer)]
        if len(fitting) > 1:
            causes = tuple(Cause(mistake.key, name) for name in fitting)
            yield Candidate(causes, changes=dict.fromkeys(fitting, mistake.changes))


def _readings(segment: Segment) -> Iterator[Candidate]:
    """The feature of a neighbouring layer of the same shape in place of this one's."""
    judged = segment.layers[-1]
    for ahead, layer in enumerate(segment.beyond[:_FURTHEST], start=1):
        if layer.output_shape == judged.output_shape:
            cause = Cause("off-by-one", judged.name, layer.name)
            yield Candidate((cause,), ahead=ahead)
    before = [*segment.model.layers][: segment.model.layers.index(judged)]
    # Of two equal features, either may have been misread. If the first was already found to be
    # wrong, the second is not blamed for being equal to it.
    furthest = len(segment.layers) - segment.doubted
    for behind in range(1, min(_FURTHEST, furthest, len(before)) + 1):
        layer = before[-behind]
        if layer.output_shape == judged.output_shape:
            cause = Cause("off-by-one", judged.name, layer.name)
            yield Candidate((cause,), ahead=-behind)
