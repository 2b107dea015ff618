"""What a diagnosis says."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

INPUT_PLACE = "input"


@dataclass(frozen=True, order=True)
class Cause:
    """One mistake at one place.

    Attributes:
        mistake: a key of `mistakes.py`, or `before-relu`, `off-by-one`, `one-behind`, `dropout`,
            `weights-other`.
        place: a layer's name, or `input`.
        detail: whose weights, which layer's feature.
    """

    mistake: str
    place: str
    detail: str = ""


@dataclass(frozen=True)
class Explanation:
    """One or several causes, and how much of the disagreement they make vanish.

    Attributes:
        before: the layer's own relative L2 error as it is.
        after: the same if the reference makes these mistakes too.
        limit: what `after` must not exceed for the causes to be confirmed: the rule's factor
            times the noise floor of the mistaken computation.
    """

    causes: tuple[Cause, ...]
    before: float
    after: float
    limit: float

    @property
    def confirmed(self) -> bool:
        """Whether nothing but rounding is left."""
        return self.after <= self.limit


@dataclass(frozen=True)
class Finding:
    """A faulty layer, and what explains it.

    Attributes:
        place: the layer's name.
        since: the runner's own activation that it was judged from, or `input`.
        explanation: the best one; None if nothing reduces the disagreement.
        alternatives: others that explain it as well (they cannot be told apart on this input),
            or, where none is confirmed, those that come next.
    """

    place: str
    since: str
    before: float
    explanation: Explanation | None = None
    alternatives: list[Explanation] = field(default_factory=list)

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
        """Every confirmed cause, each once."""
        return list(
            dict.fromkeys(
                cause
                for finding in self.findings
                if finding.explanation is not None and finding.confirmed
                for cause in finding.explanation.causes
            )
        )

    def document(self) -> dict[str, Any]:
        """As JSON can hold it: what is infinite (a shape that does not fit) is null."""
        document: dict[str, Any] = _finite(asdict(self))
        for written, finding in zip(document["findings"], self.findings, strict=True):
            written["confirmed"] = finding.confirmed
        return document


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
