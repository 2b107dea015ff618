"""Whether an error of reduced precision may be another input's.

Rounding and a small error of the input go through the same layers, whose largest directions both
take. An image file may have been decoded or rounded otherwise; of a given input there is no doubt.
"""

from __future__ import annotations

from netparity.diagnosis.input_noise import (
    LEAST_OF_ROUNDING,
    MOST_OF_DECODERS,
    grey_levels,
    like,
)
from netparity.diagnosis.segment import Segment
from netparity.judge.subject import Subject
from netparity.networks import Node
from netparity.parity import Truth
from netparity.parity.passes import input_values
from netparity.protocol import ParityEntry

PART_OF_BUDGET = 0.25
"""The part of the time in which another input is looked for: precision is the likelier cause."""


def doubtful_levels(subject: Subject, truth: Truth, node: Node, entry: ParityEntry) -> float | None:
    """How many grey levels another input would be off by; None if that is not likely."""
    if not subject.decoded or entry.relative_l2 is None or truth.weights is None:
        return None
    network = truth.network
    known = input_values(network, truth.images)
    levels = grey_levels(Segment(network, known, node, truth.weights, {}), entry.relative_l2)
    if levels is None or not LEAST_OF_ROUNDING <= levels <= MOST_OF_DECODERS:
        return None
    return levels


def sentence(levels: float) -> str:
    """What else explains the error, and how to find out."""
    return (
        f"an input that is off by {levels:.2g} grey levels (root mean square) would explain the "
        f"error as well, {like(levels)}; to tell them apart: save the tensor that the network is "
        "given, and check with it (--input)"
    )
