"""Whether a missing ReLU is missing in the network, or only in the feature that was read."""

from __future__ import annotations

from dataclasses import replace

from netparity.diagnosis.findings import Explanation, Finding


def only_read(finding: Finding) -> Finding:
    """For a layer whose successor is correct: the feature was taken before the ReLU."""
    if finding.explanation is None:
        return finding
    return replace(
        finding,
        explanation=_before_relu(finding.explanation),
        alternatives=[_before_relu(alternative) for alternative in finding.alternatives],
    )


def or_only_read(finding: Finding) -> Finding:
    """For the last layer, which has no successor: both explanations are possible."""
    explanation = finding.explanation
    if explanation is None or _before_relu(explanation) == explanation:
        return finding
    return replace(finding, alternatives=[_before_relu(explanation), *finding.alternatives])


def _before_relu(explanation: Explanation) -> Explanation:
    causes = tuple(
        replace(cause, mistake="before-relu") if cause.mistake == "relu-missing" else cause
        for cause in explanation.causes
    )
    return replace(explanation, causes=causes)
