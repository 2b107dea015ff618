"""A diagnosis in sentences."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.words import Voice, advice, describe, merge
from netparity.models import Model

_MOST_UNEXPLAINED = 5
_PLAIN = Voice()


def tell(
    diagnosis: Diagnosis,
    model: Model,
    voice: Voice = _PLAIN,
    compared: Collection[str] | None = None,
) -> list[str]:
    """What is wrong, how sure that is, and what to change where.

    Args:
        voice: in whose words to say what to change.
        compared: the layers whose features were compared; None for all.
    """
    findings = diagnosis.findings
    if not findings:
        return ["no layer is faulty on its own"]
    first = findings[0]
    others = [finding.place for finding in findings[1:]]
    lines = [f"first faulty layer: {first.place}"]
    if others:
        lines.append(f"faulty on their own, too: {', '.join(others)}")
    certain = [one for one in findings if one.confirmed]
    for cause in merge(diagnosis.causes, model, compared):
        concerned = [one for one in certain if _mentions(one, cause)]
        lines.append(f"confirmed: {describe(cause)}{_residuals(concerned)}")
        lines.append(f"  to mend it: {advice(cause, voice, model)}")
        if equal := _equal(concerned, model):
            lines.append(f"  this input cannot tell it from: {equal}")
    unsure = [one for one in findings if not one.confirmed]
    for finding in unsure[:_MOST_UNEXPLAINED]:
        lines += _suspicions(finding, model, voice)
    if len(unsure) > _MOST_UNEXPLAINED:
        lines.append(f"and {len(unsure) - _MOST_UNEXPLAINED} more layers without a known cause")
    return lines


def _mentions(finding: Finding, cause: Cause) -> bool:
    """Whether a merged cause has part in a finding."""
    explanation = finding.explanation
    return explanation is not None and any(
        one.mistake == cause.mistake and one.detail == cause.detail for one in explanation.causes
    )


def _residuals(findings: Sequence[Finding]) -> str:
    told = [one.explanation for one in findings if one.explanation is not None]
    if not told:
        return ""
    before = max(one.before for one in told)
    after = max(one.after for one in told)
    if not math.isfinite(before):
        return f" (with it, the error left is {after:.1e})"
    return f" (error {before:.1e}, with it {after:.1e})"


def _equal(findings: Sequence[Finding], model: Model) -> str:
    """Other explanations that fit as well, where there is but one finding to explain."""
    if len(findings) != 1:
        return ""
    return "; or ".join(_all(one.causes, model) for one in findings[0].alternatives)


def _all(causes: Sequence[Cause], model: Model) -> str:
    return ", and ".join(describe(cause) for cause in merge(causes, model))


def _suspicions(finding: Finding, model: Model, voice: Voice) -> list[str]:
    if finding.explanation is None:
        size = f" (error {finding.before:.1e})" if math.isfinite(finding.before) else ""
        return [f"{finding.place}: no known mistake explains it{size}"]
    lines = []
    told: list[Explanation] = [finding.explanation, *finding.alternatives]
    for explanation in told:
        lines.append(
            f"suspected in {finding.place}: {_all(explanation.causes, model)} "
            f"(error {explanation.before:.1e}, with it still {explanation.after:.1e})"
        )
    for cause in merge(told[0].causes, model):
        lines.append(f"  if so: {advice(cause, voice, model)}")
    return lines
