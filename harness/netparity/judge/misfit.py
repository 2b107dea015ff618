"""Values whose shape is not that of the layer: what else they could be.

They may be those of another number of images, of another layer, or the layer's own after a pool.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from netparity.diagnosis import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.treatments import Treatment, treatments_of
from netparity.features import as_found
from netparity.judge.layout import LABEL
from netparity.judge.subject import Subject
from netparity.networks import Layer, Network, UnknownNodeError
from netparity.networks.ops import OPS
from netparity.networks.ops.base import Array
from netparity.parity import ReferencePass, Rule
from netparity.parity.floor import relative_l2

_MOST_LAYERS = 24


@dataclass(frozen=True)
class _Match:
    """What the values agree with, and how well."""

    causes: tuple[Cause, ...]
    error: float
    limit: float


def explained(values: Array, layer: Layer, subject: Subject, rule: Rule) -> Diagnosis | None:
    """Why the values do not have the layer's shape; None if that is not known.

    Args:
        values: as found in the file.
    """
    images = len(subject.images)
    counted = as_found(values, subject.network, layer.name, None)
    if counted[0].fits and len(counted[0].values) != images:
        rows = [np.asarray(found.values) for found in counted]
        return _diagnosis(_of_more_images(rows, layer, subject, rule), rule)
    for match in _of_layers(values, layer, subject, rule):
        if match.error <= match.limit:
            return _diagnosis(match, rule)
    return None


def _diagnosis(match: _Match, rule: Rule) -> Diagnosis:
    floor = match.limit / rule.factor
    explanation = Explanation(match.causes, math.inf, match.error, match.limit, floor)
    return Diagnosis(LABEL, [Finding(match.causes[0].place, "input", math.inf, explanation)])


def _of_more_images(rows: list[Array], layer: Layer, subject: Subject, rule: Rule) -> _Match:
    """The file's number of images, and which of them are the given ones."""
    node = layer.node
    reference = ReferencePass(
        subject.network, subject.weights.tensors(), subject.images, wanted=[node.name]
    )
    right = reference[node.name]
    limit = rule.factor * reference.floors[node.name]
    count, given = len(rows[0]), len(right)
    words = (
        f"the file holds the features of {count} image{'s' * (count > 1)}, and {given} "
        f"{'were' if given > 1 else 'was'} given"
    )
    for layout in rows:
        places = [_nearest(layout, feature) for feature in right]
        if all(error <= limit for _, error in places):
            which = ", ".join(str(place + 1) for place, _ in places)
            words += f"; given {'are' if given > 1 else 'is'} number {which} of the file"
            return _Match((Cause("images-count", layer.name, words),), 0.0, limit)
    if given == 1 and count in (5, 10):
        words += f", as of {'ten' if count == 10 else 'five'} crops of it"
    return _Match((Cause("images-count", layer.name, words),), 0.0, limit)


def _nearest(rows: Array, feature: Array) -> tuple[int, float]:
    errors = [relative_l2(row, feature) for row in rows]
    best = int(np.argmin(errors))
    return best, errors[best]


def _of_layers(values: Array, layer: Layer, subject: Subject, rule: Rule) -> Iterator[_Match]:
    """Other layers, and pools over space of any node, that have as many values."""
    network, images = subject.network, len(subject.images)
    each = values.size / images
    wanted = {}
    for node in network.nodes:
        shape = network.shapes[node.name]
        if math.prod(shape) == each or (len(shape) == 3 and shape[-1] == each):
            wanted[node.name] = shape
    names = [*wanted][-_MOST_LAYERS:]
    if not names:
        return
    shown = _shown(values, images)
    reference = ReferencePass(network, subject.weights.tensors(), subject.images, wanted=names)
    for name in names:
        right, node = reference[name], network.by_name[name]
        limit = rule.factor * reference.floors[name]
        place = network.owner(node)
        early = (_before_activation(network, place),) if node.inner else ()
        if math.prod(wanted[name]) == each and place != layer.name and not node.inner:
            cause = Cause("off-by-one", layer.name, place)
            yield _Match((cause,), _least_error(values, place, subject, right), limit)
        if len(wanted[name]) == 3 and wanted[name][-1] == each:
            for key, pooled in (
                ("pooled-mean", right.mean(axis=(1, 2))),
                ("pooled-max", right.max(axis=(1, 2))),
            ):
                causes = (Cause(key, place), *early)
                yield _Match(causes, _of_vectors(values, pooled), limit)
                for treatment in shown:
                    treated = (*causes, Cause(treatment.mistake, place))
                    yield _Match(treated, _of_vectors(values, treatment.apply(pooled)), limit)


def _shown(values: Array, images: int) -> list[Treatment]:
    """What the values, one vector for each image, show to have been done to them."""
    rows = np.asarray(values).reshape(images, -1)
    return [each for each in treatments_of(rows) if each.evident]


def _before_activation(network: Network, place: str) -> Cause:
    """That a layer was read before its activation."""
    activation = network.layer(place).node.op
    if activation == "relu":
        return Cause("before-relu", place)
    return Cause("before-activation", place, OPS[activation].title)


def _of_vectors(values: Array, right: Array) -> float:
    """The error of values that hold one vector for each image, in a row or in a column."""
    flat = np.asarray(values).reshape(-1)
    return min(relative_l2(flat, each.reshape(-1)) for each in (right, right.T))


def _least_error(values: Array, place: str, subject: Subject, right: Array) -> float:
    try:
        found = as_found(values, subject.network, place, len(subject.images))
    except UnknownNodeError:
        return math.inf
    return min(
        (relative_l2(np.asarray(each.values), right) for each in found if each.fits),
        default=math.inf,
    )
