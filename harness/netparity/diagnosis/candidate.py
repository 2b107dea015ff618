"""One or several mistakes, in a form that can be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netparity.diagnosis.affine import Affine
from netparity.diagnosis.findings import Cause
from netparity.diagnosis.mistakes import InputChange
from netparity.diagnosis.other_input import OtherInput
from netparity.diagnosis.treatments import Treatment
from netparity.networks.ops.base import Array, Mistake

Changes = Mapping[str, tuple[Mistake, ...]]


@dataclass(frozen=True)
class Candidate:
    """One or several mistakes, in a form that can be computed.

    Attributes:
        input: mistakes in the input tensor.
        other_input: what replaces the input.
        changes: node to the mistakes made at it.
        weights: name of the other weights that the nodes use.
        read: name of the node whose output was exported in place of the judged one's.
        scales: node to factors of its output, N x units (dropout).
        treatment: what was done to the exported feature afterwards.
    """

    causes: tuple[Cause, ...]
    input: InputChange | Affine | None = None
    other_input: OtherInput | None = None
    changes: Changes = field(default_factory=dict)
    weights: str | None = None
    read: str | None = None
    scales: Mapping[str, Array] = field(default_factory=dict)
    treatment: Treatment | None = None

    def joined(self, other: Candidate) -> Candidate | None:
        """Both at once; None if they contradict each other."""
        if (self.input and other.input) or (self.weights and other.weights):
            return None
        if (self.other_input and other.other_input) or (self.treatment and other.treatment):
            return None
        if (self.read and other.read) or set(self.scales) & set(other.scales):
            return None
        changes = dict(self.changes)
        for name, mistakes in other.changes.items():
            made = changes.get(name, ())
            if not all(first.joined_fits(second) for first in made for second in mistakes):
                return None
            changes[name] = (*made, *mistakes)
        return Candidate(
            causes=(*self.causes, *other.causes),
            input=self.input or other.input,
            other_input=self.other_input or other.other_input,
            changes=changes,
            weights=self.weights or other.weights,
            read=self.read or other.read,
            scales={**self.scales, **other.scales},
            treatment=self.treatment or other.treatment,
        )

    @property
    def all_changes(self) -> Changes:
        """Node to all mistakes made at it, dropout included."""
        changes = dict(self.changes)
        for name, factors in self.scales.items():
            changes[name] = (*changes.get(name, ()), _scaled_by(factors))
        return changes

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts of the computation it changes."""
        parts = {
            "affine" if isinstance(self.input, Affine) else "input": self.input,
            "other_input": self.other_input,
            "changes": self.changes,
            "weights": self.weights,
            "read": self.read,
            "treatment": self.treatment,
        }
        return tuple(name for name, part in parts.items() if part)

    @property
    def given(self) -> tuple[InputChange | Affine | None, OtherInput | None]:
        """What the network is given in place of the right input."""
        return self.input, self.other_input


def _scaled_by(factors: Array) -> Mistake:
    """An output multiplied by factors."""
    return Mistake(
        "scaled",
        "multiplied",
        lambda step: step.finished_by(lambda values: values * factors.astype(values.dtype)),
    )


NO_MISTAKE = Candidate(())
"""The correct computation."""
