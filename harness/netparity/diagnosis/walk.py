"""What a search knows on its way through a network, and what it finds at one node."""

from __future__ import annotations

from dataclasses import dataclass, field

from netparity.diagnosis.findings import Finding
from netparity.diagnosis.segment import NO_MISTAKE, Candidate, Segment
from netparity.networks.ops.base import Array
from netparity.parity.local import KnownValues


@dataclass(frozen=True)
class Given:
    """What a node may have been computed from.

    Attributes:
        corrected: the faulty nodes whose output is taken as it should have been exported; that of
            all others is as it was exported.
    """

    segment: Segment
    corrected: frozenset[str] = frozenset()


@dataclass
class Walk:
    """What is known of a runner on the way from input to output.

    Attributes:
        known: its activations.
        corrected: faulty node to its output inside the network, without the mistakes of reading it.
        findings: faulty node to what is wrong with it.
        made: the mistakes found at nodes that were not exported, which nodes to come inherit.
        followed: the nodes that a later one was computed from.
    """

    known: KnownValues
    corrected: dict[str, Array] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    made: Candidate = NO_MISTAKE
    followed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Judged:
    """One judged node.

    Attributes:
        finding: None for a correct node.
        given: the input that it had.
        inside: its output inside the network, if the mistake was only made in reading the feature.
        made: the confirmed mistakes of the nodes before it.
    """

    finding: Finding | None
    given: Given
    inside: Array
    made: Candidate = NO_MISTAKE
