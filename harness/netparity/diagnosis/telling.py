"""A diagnosis in sentences."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.titles import describe, merge
from netparity.diagnosis.words import Voice, advice
from netparity.networks import Network

_MOST_UNEXPLAINED = 5
_PLAIN = Voice()

_DECODERS = 1.5
"""Grey levels by which decoders of JPEG differ at most (root mean square)."""


def tell(
    diagnosis: Diagnosis,
    model: Network,
    voice: Voice = _PLAIN,
    compared: Collection[str] | None = None,
) -> list[str]:
    """What is wrong, how certain that is, and how to fix it.

    Args:
        voice: the tool for which the advice is worded.
        compared: the layers whose features were compared; None for all.
    """
    findings = diagnosis.findings
    if not findings:
        return ["no layer is faulty on its own"]
    first = findings[0]
    others = [finding.place for finding in findings[1:]]
    lines = [f"first faulty layer: {first.place}"]
    if others:
        lines.append(f"also faulty on their own: {', '.join(others)}")
    confirmed = [finding for finding in findings if finding.confirmed]
    for cause in merge(diagnosis.causes, model, compared):
        concerned = [finding for finding in confirmed if _mentions(finding, cause)]
        lines.append(f"confirmed: {describe(cause)}{_residuals(concerned)}")
        lines.append(f"  fix: {advice(cause, voice, model)}")
        if equal := _equal(concerned, model):
            lines.append(f"  indistinguishable on this input: {equal}")
    unsure = [finding for finding in findings if not finding.confirmed]
    for finding in unsure[:_MOST_UNEXPLAINED]:
        lines += _suspicions(finding, model, voice)
    if len(unsure) > _MOST_UNEXPLAINED:
        lines.append(f"and {len(unsure) - _MOST_UNEXPLAINED} more layers without a known cause")
    return lines


def _mentions(finding: Finding, cause: Cause) -> bool:
    """Whether a merged cause is part of a finding."""
    explanation = finding.explanation
    return explanation is not None and any(
        (part.mistake, part.detail) == (cause.mistake, cause.detail) for part in explanation.causes
    )


def _residuals(findings: Sequence[Finding]) -> str:
    explanations = [each.explanation for each in findings if each.explanation is not None]
    if not explanations:
        return ""
    before = max(explanation.before for explanation in explanations)
    after = max(explanation.after for explanation in explanations)
    if not math.isfinite(before):
        if after == 0:
            return ""  # seen by counting, without computing anything
        return f" (with this mistake in the reference, the error is {after:.1e})"
    return f" (error {before:.1e}; with this mistake in the reference {after:.1e})"


def _equal(findings: Sequence[Finding], model: Network) -> str:
    """Other explanations that fit equally well, if there is only one finding to explain."""
    if len(findings) != 1:
        return ""
    return "; or ".join(_all(other.causes, model) for other in findings[0].alternatives)


def _all(causes: Sequence[Cause], model: Network) -> str:
    return ", and ".join(describe(cause) for cause in merge(causes, model))


def _suspicions(finding: Finding, model: Network, voice: Voice) -> list[str]:
    if finding.explanation is None:
        return _unexplained(finding, model)
    lines = []
    explanations: list[Explanation] = [finding.explanation, *finding.alternatives]
    for explanation in explanations:
        lines.append(
            f"suspected in {finding.place}: {_all(explanation.causes, model)} "
            f"(error {explanation.before:.1e}; with this mistake in the reference still "
            f"{explanation.after:.1e})"
        )
    for cause in merge(explanations[0].causes, model):
        lines.append(f"  if so: {advice(cause, voice, model)}")
    return lines


def _unexplained(finding: Finding, model: Network) -> list[str]:
    """That nothing explains an error, what was tried, and what else could explain it."""
    size = f" (error {finding.before:.1e})" if math.isfinite(finding.before) else ""
    lines = [f"{finding.place}: no known mistake explains the error{size}"]
    if finding.shown:
        lines.append(f"  the values themselves show: {_all(finding.shown, model)}")
    if finding.tried:
        until = "until the time was up; --budget SECONDS allows more" if finding.cut_short else ""
        lines.append(f"  tried: {finding.tried:,} mistakes and pairs of mistakes {until}".rstrip())
    if finding.grey_levels is not None:
        lines.append(
            f"  an input that is off by {finding.grey_levels:.2g} grey levels (root mean square) "
            f"would explain it{_like(finding.grey_levels)}"
        )
    return lines


def _like(grey_levels: float) -> str:
    if grey_levels <= _DECODERS:
        return ", as by another JPEG decoder or another rounding after resizing"
    return ", as by another resize, or a file that was saved again with losses"
