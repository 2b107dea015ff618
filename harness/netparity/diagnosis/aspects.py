"""What the effect of each mistake depends on, which decides how two of them are told apart.

A new mistake with an operation acts at its layer, which needs no entry here.
"""

from __future__ import annotations

from collections.abc import Mapping

from netparity.diagnosis.findings import INPUT_PLACE, Cause
from netparity.diagnosis.image_titles import TREATED
from netparity.diagnosis.mistakes import VALUES

PLACE = "place"
"""The mistake is made at a layer, whose feature shows it."""

READING = "reading"
"""The mistake changes the exported feature alone; the network goes on without it."""

BATCH = "batch"
"""The effect depends on the other images of the batch."""

REPEAT = "repeat"
"""The effect differs from one evaluation to the next."""

WEIGHTS = "weights"
"""The effect depends on the values of the weights alone."""

PRECISION = "precision"
"""The effect vanishes where the tool computes in float32."""

FILE = "file"
"""The effect depends on how the image's file is stored."""

GEOMETRY, SIZE, COLOUR, LEVELS = "geometry", "size", "colour", "levels"
"""The effect depends on what the image shows."""

IMAGE_PROPERTIES: Mapping[str, str] = {
    GEOMETRY: "is neither square nor symmetric",
    SIZE: "has another size and fine detail",
    COLOUR: "has strong colours",
    LEVELS: "is much brighter or darker",
}
"""What an image must be like for the effects of two mistakes to differ."""

_OF_MISTAKES: Mapping[str, str] = {
    **dict.fromkeys(TREATED, READING),
    **dict.fromkeys(VALUES, LEVELS),
    "mean-swapped": COLOUR,
    "channels-swapped": COLOUR,
    "axes-swapped": GEOMETRY,
    "input-affine": LEVELS,
    "input-arithmetic": LEVELS,
    "image-flipped": GEOMETRY,
    "image-cropped": GEOMETRY,
    "image-padded": GEOMETRY,
    "image-views": GEOMETRY,
    "image-source": FILE,
    "images-count": BATCH,
    "treated-images": BATCH,
    "before-relu": READING,
    "before-activation": READING,
    "off-by-one": READING,
    "relu-applied": READING,
    "dropout": REPEAT,
    "batch-statistics": BATCH,
    "weights-other": WEIGHTS,
}

_OF_FAMILIES: Mapping[str, str] = {
    "resize": SIZE,
    "policy": PRECISION,
    "precision": PRECISION,
    "image": GEOMETRY,
    "treated": READING,
}
"""By the part of a key before its first hyphen."""


def aspect_of(cause: Cause) -> str:
    """What the effect of a mistake depends on: one of the constants above."""
    known = _OF_MISTAKES.get(cause.mistake)
    known = known or _OF_FAMILIES.get(cause.mistake.partition("-")[0])
    return known or (LEVELS if cause.place == INPUT_PLACE else PLACE)
