"""The result of a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from netparity.protocol.finite import finite

INPUT_PLACE = "input"


@dataclass(frozen=True, order=True)
class Cause:
    """One mistake at one place.

    Attributes:
        mistake: a key of `mistakes.py`, or `before-relu`, `before-activation`, `off-by-one`,
            `dropout`, `relu-applied`, `resize`, `weights-other`.
        place: a layer's name, or `input`.
        detail: source of the other weights, or name of the other layer, activation or resize.
    """

    mistake: str
    place: str
    detail: str = ""


@dataclass(frozen=True)
class Explanation:
    """One or several causes, and how much of the error they explain.

    Attributes:
        before: the layer's own relative L2 error.
        after: the error that remains if the reference makes these mistakes too.
        limit: largest `after` for which the causes are confirmed: the rule's factor times the
            noise floor of the mistaken computation.
        floor: that noise floor, the error of float32 rounding; None if it was not measured.
    """

    causes: tuple[Cause, ...]
    before: float
    after: float
    limit: float
    floor: float | None = None

    @property
    def confirmed(self) -> bool:
        """Whether only rounding remains."""
        return self.after <= self.limit

    @property
    def times_floor(self) -> float | None:
        """How many times the error of float32 rounding remains; None if that was not measured."""
        return self.after / self.floor if self.floor else None


@dataclass(frozen=True)
class Experiment:
    """What to try next (`experiments.py`).

    Attributes:
        kind: such as `save-layer`.
        detail: what it is about, such as the layer's name.
        separates: how many other explanations it tells from the best one.
    """

    kind: str
    detail: str = ""
    separates: int = 0


@dataclass(frozen=True)
class Finding:
    """A faulty layer, and what explains it.

    Attributes:
        place: the layer's name.
        since: the layer whose activation, as the runner computed it, was the input; or `input`.
        before: the layer's own relative L2 error; infinite for another shape or values that are
            not finite.
        explanation: the best explanation; None if no known mistake reduces the error.
        alternatives: other explanations that fit equally well on this input, or, if none is
            confirmed, the next best.
        tried: how many mistakes and combinations of mistakes were tried.
        kinds: how many of each kind, if none is confirmed (`suspicion.KINDS`).
        untried: the kinds of which none was tried when time ran out.
        cut_short: whether time ran out before all were.
        nearest: if there is no explanation, the mistakes that leave least, and what they leave;
            `before` is the error with the best constant factor, if that is smaller.
        experiments: what to try next, the most telling first.
        shown: what the values alone show to have been done to them, such as a norm of 1.
        grey_levels: how far off the input would have to be, as by noise, for such an error; None if
            an input does not explain it.
    """

    place: str
    since: str
    before: float
    explanation: Explanation | None = None
    alternatives: list[Explanation] = field(default_factory=list)
    tried: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    untried: tuple[str, ...] = ()
    cut_short: bool = False
    nearest: Explanation | None = None
    experiments: tuple[Experiment, ...] = ()
    shown: tuple[Cause, ...] = ()
    grey_levels: float | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the cause is certain."""
        return self.explanation is not None and self.explanation.confirmed


@dataclass(frozen=True)
class Diagnosis:
    """Every faulty layer of one runner on one input, in the network's order."""

    label: str
    findings: list[Finding]

    @property
    def causes(self) -> list[Cause]:
        """Every confirmed cause, without duplicates."""
        return list(
            dict.fromkeys(
                cause
                for finding in self.findings
                if finding.explanation is not None and finding.confirmed
                for cause in finding.explanation.causes
            )
        )

    @property
    def concerns_input(self) -> bool:
        """Whether a mistake with the input is confirmed."""
        return any(cause.place == INPUT_PLACE for cause in self.causes)

    def document(self) -> dict[str, Any]:
        """As JSON: infinite errors (another shape) become null."""
        document: dict[str, Any] = finite(asdict(self))
        for entry, finding in zip(document["findings"], self.findings, strict=True):
            entry["confirmed"] = finding.confirmed
            explanations = [finding.explanation, *finding.alternatives, finding.nearest]
            entries = [entry["explanation"], *entry["alternatives"], entry["nearest"]]
            for described, explanation in zip(entries, explanations, strict=True):
                if explanation is not None:
                    described["times_floor"] = explanation.times_floor
        return document
