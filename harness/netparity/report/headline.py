"""The outcome of a run in a few sentences."""

from __future__ import annotations

from netparity.protocol import Run, RunnerRecord, TimingEntry
from netparity.report.cells import with_interval
from netparity.report.columns import PHASE_HEADERS
from netparity.report.visible import visible
from netparity.results.outcomes import faulty_layers, parity_passed, timing_base, worst_shared

_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MOST_NAMED = 3


def headline(run: Run, phase: str = "predict") -> str:
    """Which runners agree with the reference, how closely, and which are faster."""
    sentences = [_agreement(run), _speed(run, phase), _missing(run)]
    return " ".join(sentence for sentence in sentences if sentence)


def _agreement(run: Run) -> str:
    judged = [record for record in run.runners if _state(run, record) == "judged"]
    if not judged:
        return "No runner's features could be judged."
    passed = [record for record in judged if parity_passed(run, record.label)]
    sentences = []
    if passed:
        sentences.append(_passed(run, passed, len(judged)))
    for record in judged:
        if record not in passed:
            sentences.append(_failed(run, record))
    shown = sentences[: 1 + _MOST_NAMED]
    left = len(sentences) - len(shown)
    if left:
        others = "One other does" if left == 1 else f"{_number(left).capitalize()} others do"
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
        who = f"{_short(passed[0].label)} agrees"
    elif len(passed) == judged:
        who = f"{'Both' if judged == 2 else f'All {_number(judged)}'} runners agree"
    elif len(passed) == 1:
        who = f"Of {_number(judged)} runners only {_short(passed[0].label)} agrees"
    else:
        who = f"{_number(len(passed)).capitalize()} of {_number(judged)} runners agree"
    tolerances = run.settings.max_relative_l2, run.settings.atol, run.settings.rtol
    requested = any(value is not None for value in tolerances)
    measure = "within the requested tolerance" if requested else "within float32 rounding"
    if not any(known):  # where the reference is zero, agreement has no relative error
        digits = " exactly" if known else ""
    else:
        digits = f" to {max(known):.1e} (relative L2), {measure}"
    sentence = f"{who} with the float64 reference at {_features(run)}{digits}."
    if empty:
        where = _and_some([_short(feature) for feature in dict.fromkeys(empty)])
        sentence += f" At {where} this is inconclusive: the values are constant, zero or too few."
    return sentence


def _failed(run: Run, record: RunnerRecord) -> str:
    worst = worst_shared(run, record.label)
    assert worst is not None
    if worst.relative_l2 is None:
        sentence = f"{_short(record.label)} returns no usable {_short(worst.feature)}"
    else:
        where = f"{worst.relative_l2:.1e} at {_short(worst.feature)}"
        sentence = f"{_short(record.label)} does not agree: {where}"
    faulty = faulty_layers(run, record.label)
    if faulty:
        sentence += f"; its first faulty layer is {_short(faulty[0].feature)}"
    return f"{sentence}."


def _features(run: Run) -> str:
    layers = [_short(layer) for layer in run.settings.layers]
    if len(layers) > _MOST_NAMED:
        return f"{len(layers)} layers from {layers[0]} to {layers[-1]}"
    return _and(layers)


def _speed(run: Run, phase: str) -> str:
    base = timing_base(run)
    if base is None:
        return ""
    entries = [
        entry
        for entry in run.timing
        if entry.phase == phase and entry.label != base and parity_passed(run, entry.label)
    ]
    different = [_ratio(e, base) for e in entries if e.verdict in ("faster", "slower")]
    alike = [_short(e.label) for e in entries if e.verdict == "no difference shown"]
    inconclusive = [entry for entry in entries if entry.verdict == "inconclusive"]
    unclear = [
        f"{_short(entry.label)} at {_times(entry.ratio_to_reference, entry.ratio_interval)}"
        for entry in inconclusive
        if entry.p_value is not None and entry.ratio_to_reference is not None
    ]
    untested = [_short(entry.label) for entry in inconclusive if entry.p_value is None]
    what, reference = PHASE_HEADERS[phase], _short(base)
    sentences = []
    if different:
        left = len(different) - _MOST_NAMED
        more = [f"{_number(left)} more {'differs' if left == 1 else 'differ'}"] if left > 0 else []
        sentences.append(f"In {what}, {_and([*different[:_MOST_NAMED], *more])}.")
    if alike and different:
        sentences.append(f"No difference from {reference} was shown for {_and_some(alike, 'or')}.")
    elif alike:
        sentences.append(
            f"No difference in {what} time was shown between {reference} and "
            f"{_and_some(alike, 'or')}."
        )
    if unclear:
        sentences.append(
            f"Whether {_and_some(unclear)} {'differs' if len(unclear) == 1 else 'differ'} from "
            f"{reference} in {what} time is unclear: test and interval disagree."
        )
    if untested:
        sentences.append(
            f"Too few rounds were run to test {_and_some(untested)} against {reference} in {what} "
            "time."
        )
    return " ".join(sentences)


def _ratio(entry: TimingEntry, base: str) -> str:
    """One runner against the base, as a factor above 1."""
    ratio, interval = entry.ratio_to_reference, entry.ratio_interval
    if ratio is None or ratio <= 0:
        return f"{_short(entry.label)} is {entry.verdict} than {_short(base)}"
    if entry.verdict == "faster":
        ratio = 1 / ratio
        interval = (1 / interval[1], 1 / interval[0]) if interval and min(interval) > 0 else None
    return f"{_short(entry.label)} is {_times(ratio, interval)} {entry.verdict} than {_short(base)}"


def _times(ratio: float, interval: tuple[float, float] | None) -> str:
    value, _, ends = with_interval(ratio, interval).partition(" ")
    return f"{value}× {ends}" if ends else f"{value}×"


def _missing(run: Run) -> str:
    """Which runners the other sentences leave out, and why."""
    states = [_state(run, record) for record in run.runners]
    wanted = ["failed", "unavailable", "not reached"]
    if "judged" in states:  # otherwise the first sentence says that none was
        wanted.append("not judged")
    clauses = []
    for state in wanted:
        pairs = zip(run.runners, states, strict=True)
        labels = [_short(record.label) for record, found in pairs if found == state]
        if labels:
            were = "was" if len(labels) == 1 else "were"
            words = f"{were} {state}" if state.startswith("not") else state
            clauses.append(f"{_and_some(labels)} {words}")
    return f"Not compared: {'; '.join(clauses)}." if clauses else ""


def _state(run: Run, record: RunnerRecord) -> str:
    if record.status == "ok":
        return "judged" if worst_shared(run, record.label) else "not judged"
    return "not reached" if record.status == "pending" else record.status


def _short(label: str) -> str:
    """A label for use in a sentence: on one line, and cut if it is too long."""
    line = visible(label)
    return line if len(line) <= 60 else f"{line[:59]}…"


def _number(count: int) -> str:
    return _SMALL[count] if count < len(_SMALL) else str(count)


def _and(words: list[str], last: str = "and") -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def _and_some(words: list[str], last: str = "and") -> str:
    if len(words) > _MOST_NAMED:
        words = [*words[: _MOST_NAMED - 1], f"{_number(len(words) - _MOST_NAMED + 1)} others"]
    return _and(words, last)
