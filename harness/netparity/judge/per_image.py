"""Which of several images have features that leave the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from netparity.features import Found
from netparity.judge.subject import Subject
from netparity.networks.ops.base import Array
from netparity.parity import Rule, Truth, measure
from netparity.protocol import ParityEntry
from netparity.results.outcomes import PASSING


@dataclass(frozen=True)
class PerImage:
    """How the feature of each image compares with the reference.

    Attributes:
        errors: the relative L2 error of each; None where it cannot be computed.
        wrong: the numbers of those that do not agree, counted from 1.
    """

    errors: tuple[float | None, ...]
    wrong: tuple[int, ...]

    @property
    def only_some(self) -> bool:
        """Whether some images agree and others do not."""
        return 0 < len(self.wrong) < len(self.errors)

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {"relative_l2": list(self.errors), "wrong": list(self.wrong)}


def per_image(x: Array, r: Array, rule: Rule, floor: float | None) -> PerImage | None:
    """Judge the feature of each image by the rule; None for a single image.

    Args:
        x: what was given, N x the layer's shape.
        r: the reference, of the same shape.
        floor: the layer's noise floor.
    """
    if x.shape != r.shape or len(x) < 2:
        return None
    measured = [measure(one, right) for one, right in zip(x, r, strict=True)]
    wrong = [
        number
        for number, metrics in enumerate(measured, start=1)
        if not rule.allows(metrics, x[number - 1], r[number - 1], floor)
    ]
    return PerImage(tuple(metrics.relative_l2 for metrics in measured), tuple(wrong))


def of_reading(
    reading: Found, entry: ParityEntry, truth: Truth, rule: Rule, name: str
) -> PerImage | None:
    """The same for a feature as it was read; None if it agrees or has another shape.

    Args:
        entry: the verdict on all images together.
        truth: what node `name` is judged against.
    """
    if entry.verdict in PASSING or not reading.fits:
        return None
    x, r = np.asarray(reading.values), truth.reference[name]
    return per_image(x, r, rule, truth.floors.get(name))


def sentence(judged: PerImage, subject: Subject) -> str:
    """Which images alone leave the reference, for example "image 2 of 3 (b.png) alone diverges"."""
    names = [image.path.name for image in subject.decoded]
    shown = [f"{number} ({names[number - 1]})" if names else str(number) for number in judged.wrong]
    total = len(judged.errors)
    if len(shown) == 1:
        return f"of {total} images, number {shown[0]} alone leaves the reference"
    return f"of {total} images, numbers {', '.join(shown)} alone leave the reference"


def part_of(subject: Subject, numbers: Sequence[int]) -> Subject:
    """The same network, given some of the images."""
    places = [number - 1 for number in numbers]
    decoded = [subject.decoded[place] for place in places] if subject.decoded else []
    return replace(subject, decoded=decoded, images=np.ascontiguousarray(subject.images[places]))
