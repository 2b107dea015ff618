"""Which images are the features of a file of, where it holds those of more than were given?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netparity.errors import InputError, UsageError
from netparity.features import Chosen, NamedFeature, NamedFeatures
from netparity.judge.subject import Subject
from netparity.networks.ops.base import Array
from netparity.parity import ReferencePass, Rule
from netparity.parity.floor import relative_l2


def of_given_images(
    given: NamedFeatures, subject: Subject, rule: Rule, column: int | None
) -> tuple[NamedFeatures, list[str]]:
    """The features of the given images, and what to say of how they were found.

    Args:
        column: which of the file's images is the given one, counted from 1; None if it is to be
            found out.

    Raises:
        InputError: if most of the arrays are of another number of images, and the given ones are
            not found among them.
        UsageError: if the file has no such column.
    """
    held, count = given.images(subject.network), len(subject.images)
    if column is not None:
        return given.of_images(_column(column, held, count)), [f"number {column} of {held} images"]
    if held is None or held == count:
        return given, []
    numbers = _found(given, held, subject, rule) if held > count else None
    if numbers is None:
        raise InputError(
            f"most arrays hold the features of {_images(held)}, and {_images(count)} "
            f"{'was' if count == 1 else 'were'} given; fix: give as many images, in the order of "
            "the features, or choose one with --column K"
        )
    listed = ", ".join(map(str, numbers))
    return given.of_images(Chosen(numbers, held)), [
        f"the arrays hold the features of {held} images; given {'is' if count == 1 else 'are'} "
        f"number {listed}"
    ]


def _column(column: int, held: int | None, count: int) -> Chosen:
    if held is None or not 1 <= column <= held:
        numbers = f"1 to {held}" if held else "an image of the arrays, which hold none"
        raise UsageError(f"--column {column}: expected a number of {numbers}")
    if count != 1:
        raise UsageError(f"--column {column} chooses one image, and {count} were given; give one")
    return Chosen((column,), held)


def _found(given: NamedFeatures, held: int, subject: Subject, rule: Rule) -> tuple[int, ...] | None:
    """Where the given images are among those of the first feature; None if they are not there."""
    network = subject.network
    first = next(each for each in given.features.values() if each.images(network) == held)
    tensors = subject.weights.tensors()
    reference = ReferencePass(network, tensors, subject.images, wanted=[first.node])
    right = reference[first.node]
    limit = rule.factor * reference.floors[first.node]
    for rows in _layouts(first, held, subject):
        numbers = [_nearest(rows, feature, limit) for feature in right]
        if None not in numbers and len(set(numbers)) == len(numbers):
            return tuple(number for number in numbers if number is not None)
    return None


def _layouts(feature: NamedFeature, held: int, subject: Subject) -> Sequence[Array]:
    readings = feature.readings(subject.network, held)
    return [np.asarray(each.values) for each in readings if each.fits]


def _nearest(rows: Array, feature: Array, limit: float) -> int | None:
    """The number of the row that agrees with a feature, counted from 1; None if none does."""
    errors = [relative_l2(row, feature) for row in rows]
    best = int(np.argmin(errors))
    return best + 1 if errors[best] <= limit else None


def _images(count: int) -> str:
    return f"{count} image{'s' * (count != 1)}"
