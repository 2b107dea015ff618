"""Whether an activation is missing in the network, or only in the feature that was read."""

from __future__ import annotations

from dataclasses import replace

from netparity.diagnosis.findings import Cause, Explanation, Finding
from netparity.diagnosis.mistakes import MISTAKES, is_left_out

READING = frozenset({"before-relu", "before-activation", "off-by-one"})
"""Mistakes with the feature alone, which the network goes on without."""


def only_read(finding: Finding) -> Finding:
    """For a layer whose successor is correct: the feature was taken before the activation."""
    if finding.explanation is None:
        return finding
    explanations = [_taken_before(each) for each in (finding.explanation, *finding.alternatives)]
    if finding.confirmed:
        explanations.sort(
            key=lambda each: not any(cause.mistake in READING for cause in each.causes)
        )
    return replace(finding, explanation=explanations[0], alternatives=explanations[1:])


def or_only_read(finding: Finding) -> Finding:
    """For the last layer, which has no successor: both explanations are possible."""
    explanation = finding.explanation
    if explanation is None or _taken_before(explanation) == explanation:
        return finding
    return replace(finding, alternatives=[_taken_before(explanation), *finding.alternatives])


def _taken_before(explanation: Explanation) -> Explanation:
    return replace(explanation, causes=tuple(map(_of_reading, explanation.causes)))


def _of_reading(cause: Cause) -> Cause:
    if cause.mistake == "relu-missing":
        return replace(cause, mistake="before-relu")
    mistake = MISTAKES.get(cause.mistake)
    if mistake is None or not is_left_out(mistake):
        return cause
    what = mistake.title.removeprefix("the ").removesuffix(" is missing")
    return replace(cause, mistake="before-activation", detail=what)
