"""Whether the runners agree with the reference on the shared input, in sentences."""

from __future__ import annotations

from netparity.protocol import ParityEntry, Run, RunnerRecord
from netparity.report.sentences import MOST_NAMED, joined, joined_some, number, short
from netparity.results.arithmetic import TITLES
from netparity.results.outcomes import (
    NOT_RUN,
    faulty_layers,
    parity_passed,
    worst_shared,
)


def agreement_words(run: Run) -> str:
    """Which runners agree with the reference, how closely, and which do not."""
    judged = [record for record in run.runners if state_of(run, record) == "judged"]
    if not judged:
        return "No runner's features could be judged."
    passed = [record for record in judged if parity_passed(run, record.label)]
    sentences = []
    if passed:
        sentences.append(_passed(run, passed, len(judged)))
    for record in judged:
        if record not in passed:
            sentences.append(_failed(run, record))
    shown = sentences[: 1 + MOST_NAMED]
    left = len(sentences) - len(shown)
    if left:
        others = "One other does" if left == 1 else f"{number(left).capitalize()} others do"
        shown.append(f"{others} not agree either.")
    return " ".join(shown)


def _passed(run: Run, passed: list[RunnerRecord], judged: int) -> str:
    """Which runners agree, at which features, how closely, and by which criterion."""
    labels = {record.label for record in passed}
    entries = [
        entry
        for entry in run.parity
        if entry.label in labels and (entry.against, entry.input) == ("reference", "shared")
    ]
    known = [entry.relative_l2 for entry in entries if entry.relative_l2 is not None]
    empty = [entry.feature for entry in entries if entry.verdict == "inconclusive"]
    if judged == 1:
        who = f"{short(passed[0].label)} agrees"
    elif len(passed) == judged:
        who = f"{'Both' if judged == 2 else f'All {number(judged)}'} runners agree"
    elif len(passed) == 1:
        who = f"Of {number(judged)} runners only {short(passed[0].label)} agrees"
    else:
        who = f"{number(len(passed)).capitalize()} of {number(judged)} runners agree"
    tolerances = run.settings.max_relative_l2, run.settings.atol, run.settings.rtol
    requested = any(value is not None for value in tolerances)
    measure = "within the requested tolerance" if requested else "within float32 rounding"
    if not any(known):  # where the reference is zero, agreement has no relative error
        digits = " exactly" if known else ""
    else:
        digits = f" to {max(known):.1e} (relative L2), {measure}"
    sentence = f"{who} with the float64 reference at {_features(run)}{digits}."
    if empty:
        where = joined_some([short(feature) for feature in dict.fromkeys(empty)])
        sentence += f" At {where} this is inconclusive: the values are constant, zero or too few."
    return sentence


def _failed(run: Run, record: RunnerRecord) -> str:
    worst = worst_shared(run, record.label)
    assert worst is not None
    if worst.relative_l2 is None:
        sentence = f"{short(record.label)} returns no usable {short(worst.feature)}"
    else:
        where = f"{worst.relative_l2:.1e} at {short(worst.feature)}"
        sentence = f"{short(record.label)} does not agree: {where}{_pattern(worst)}"
    faulty = faulty_layers(run, record.label)
    if faulty:
        sentence += f"; its first faulty layer is {short(faulty[0].feature)}"
    return f"{sentence}."


def _pattern(worst: ParityEntry) -> str:
    """The reduced precision that explains an error."""
    if worst.arithmetic is None:
        return ""
    others = " or the like" if worst.or_arithmetic else ""
    return f", the pattern of {TITLES[worst.arithmetic]}{others}"


def _features(run: Run) -> str:
    layers = [short(layer) for layer in run.settings.layers]
    if len(layers) > MOST_NAMED:
        return f"{len(layers)} layers from {layers[0]} to {layers[-1]}"
    return joined(layers)


def state_of(run: Run, record: RunnerRecord) -> str:
    """Its status, where `ok` is divided into `judged` and `not judged`."""
    if record.status == "ok":
        return "judged" if worst_shared(run, record.label) else "not judged"
    return NOT_RUN if record.status == "pending" else record.status
