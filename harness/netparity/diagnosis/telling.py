"""A diagnosis in sentences."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from netparity.diagnosis import sureness
from netparity.diagnosis.findings import Cause, Diagnosis, Explanation, Finding
from netparity.diagnosis.input_noise import like
from netparity.diagnosis.suspicion import KINDS
from netparity.diagnosis.titles import describe, merge
from netparity.diagnosis.words import Voice, advice
from netparity.networks import Network

_MOST_UNEXPLAINED = 5
_PLAIN = Voice()


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
    lines += _confirmed(diagnosis, model, voice, compared)
    unsure = [finding for finding in findings if not finding.confirmed]
    for finding in unsure[:_MOST_UNEXPLAINED]:
        lines += _suspicions(finding, model, voice)
    if len(unsure) > _MOST_UNEXPLAINED:
        lines.append(f"and {len(unsure) - _MOST_UNEXPLAINED} more layers without a known cause")
    return lines


def _confirmed(
    diagnosis: Diagnosis, model: Network, voice: Voice, compared: Collection[str] | None
) -> Iterator[str]:
    """Every confirmed cause; how sure it is follows the last cause of a finding."""
    causes = merge(diagnosis.causes, model, compared)
    confirmed = [finding for finding in diagnosis.findings if finding.confirmed]
    concerned = [[each for each in confirmed if _mentions(each, cause)] for cause in causes]
    for place, (cause, findings) in enumerate(zip(causes, concerned, strict=True)):
        explanations = [each.explanation for each in findings if each.explanation is not None]
        yield f"confirmed: {describe(cause)}{sureness.residual(explanations)}"
        yield f"  fix: {advice(cause, voice, model)}"
        if len(findings) == 1 and findings not in concerned[place + 1 :]:
            yield from (f"  {line}" for line in sureness.lines(findings[0], model))


def _mentions(finding: Finding, cause: Cause) -> bool:
    """Whether a merged cause is part of a finding."""
    explanation = finding.explanation
    return explanation is not None and any(
        (part.mistake, part.detail) == (cause.mistake, cause.detail) for part in explanation.causes
    )


def _suspicions(finding: Finding, model: Network, voice: Voice) -> list[str]:
    if finding.explanation is None:
        return [*_unexplained(finding, model)]
    lines = []
    explanations: Sequence[Explanation] = [finding.explanation, *finding.alternatives]
    for explanation in explanations:
        left = sureness.times(explanation)
        lines.append(
            f"suspected in {finding.place}: {sureness.all_of(explanation.causes, model)} "
            f"(error {explanation.before:.1e}; with this mistake in the reference still "
            f"{explanation.after:.1e}{f', {left}' if left else ''})"
        )
    for cause in merge(explanations[0].causes, model):
        lines.append(f"  if so: {advice(cause, voice, model)}")
    return [*lines, *(f"  {line}" for line in sureness.lines(finding, model))]


def _unexplained(finding: Finding, model: Network) -> Iterator[str]:
    """That nothing explains an error, what was tried, and what else could explain it."""
    size = f" (error {finding.before:.1e})" if math.isfinite(finding.before) else ""
    yield f"{finding.place}: no known mistake explains the error{size}"
    if finding.shown:
        yield f"  the values themselves show: {sureness.all_of(finding.shown, model)}"
    if finding.tried:
        kinds = ", ".join(f"{count:,} {KINDS[kind]}" for kind, count in finding.kinds.items())
        yield f"  tried: {finding.tried:,} mistakes and combinations" + (
            f" ({kinds})" if kinds else ""
        )
    if finding.cut_short:
        yield f"  {_until(finding)}; --budget SECONDS allows more"
    if finding.nearest is not None:
        part = finding.nearest.after / finding.nearest.before
        yield (
            f"  the nearest leaves {part:.0%} of the error, too much for a suspicion: "
            f"{sureness.all_of(finding.nearest.causes, model)}"
        )
    if finding.grey_levels is not None:
        yield (
            f"  an input that is off by {finding.grey_levels:.2g} grey levels (root mean square) "
            f"would explain it, {like(finding.grey_levels)}"
        )
    yield from (f"  {line}" for line in sureness.experiment_lines(finding))


def _until(finding: Finding) -> str:
    """That the time was up, and what was not tried until then."""
    if not finding.untried:
        return "the time was up before all of them were tried"
    kinds = ", ".join(f"mistakes {KINDS[kind]}" for kind in finding.untried)
    kinds = kinds.replace("mistakes combinations", "combinations")
    return f"the time was up; not tried: {kinds}"
