"""The outcome of a run in a few sentences."""

from __future__ import annotations

from collections.abc import Sequence

from netparity.protocol import Run, TimingEntry
from netparity.report.agreeing import agreement_words, state_of
from netparity.report.cells import percent_at_most, with_interval
from netparity.report.columns import PHASE_HEADERS
from netparity.report.sentences import MOST_NAMED, joined, joined_some, number, short
from netparity.results.outcomes import NOT_RUN, parity_passed, timing_base

MISSING = ("failed", "unavailable", NOT_RUN)
"""States of runners that were not compared."""


def headline(run: Run, phase: str = "predict") -> str:
    """Which runners agree with the reference, how closely, and which are faster."""
    sentences = [agreement_words(run), speed_words(run, phase), missing_words(run)]
    return " ".join(sentence for sentence in sentences if sentence)


def speed_words(run: Run, phase: str, name_untested: bool = True) -> str:
    """Which runners that agree are faster or slower than the reference of the ratios.

    Args:
        name_untested: whether runners are named of which the rounds do not tell.
    """
    base = timing_base(run)
    if base is None:
        return ""
    entries = [
        entry
        for entry in run.timing
        if entry.phase == phase and entry.label != base and parity_passed(run, entry.label)
    ]
    different = [_ratio(e, base) for e in entries if e.verdict in ("faster", "slower")]
    same = [
        f"{short(entry.label)} is the same as {short(base)} within "
        f"{percent_at_most(entry.largest_difference or 0.0)}"
        for entry in entries
        if entry.verdict == "same"
    ]
    alike = [short(e.label) for e in entries if e.verdict == "no difference shown"]
    inconclusive = [entry for entry in entries if entry.verdict == "inconclusive"]
    unclear = [  # only in runs stored while verdicts came from a test of their own
        f"{short(entry.label)} at {_times(entry.ratio_to_reference, entry.ratio_interval)}"
        for entry in inconclusive
        if entry.p_value is not None and entry.ratio_to_reference is not None
    ]
    untested = [short(entry.label) for entry in inconclusive if entry.p_value is None]
    what, reference = PHASE_HEADERS[phase], short(base)
    sentences = []
    if different:
        left = len(different) - MOST_NAMED
        more = [f"{number(left)} more {'differs' if left == 1 else 'differ'}"] if left > 0 else []
        sentences.append(f"In {what}, {joined([*different[:MOST_NAMED], *more])}.")
    if same:
        left = len(same) - MOST_NAMED
        more = [f"so {'is' if left == 1 else 'are'} {number(left)} more"] if left > 0 else []
        where = "" if different else f"In {what}, "
        sentences.append(f"{where}{joined([*same[:MOST_NAMED], *more])}.")
    if alike and different:
        sentences.append(
            f"No difference from {reference} was shown for {joined_some(alike, 'or')}."
        )
    elif alike:
        sentences.append(
            f"No difference in {what} time was shown between {reference} and "
            f"{joined_some(alike, 'or')}."
        )
    if unclear and name_untested:
        sentences.append(
            f"Whether {joined_some(unclear)} {'differs' if len(unclear) == 1 else 'differ'} from "
            f"{reference} in {what} time is unclear: test and interval disagree."
        )
    elif unclear:
        sentences.append(f"Of {number(len(unclear))}, test and interval disagree.")
    if untested:
        whom = f"{joined_some(untested)} against {reference}" if name_untested else "differences"
        sentences.append(f"Too few rounds were run to test {whom} in {what} time.")
    return " ".join(sentences)


def _ratio(entry: TimingEntry, base: str) -> str:
    """One runner against the base, as a factor above 1."""
    ratio, interval = entry.ratio_to_reference, entry.ratio_interval
    if ratio is None or ratio <= 0:
        return f"{short(entry.label)} is {entry.verdict} than {short(base)}"
    if entry.verdict == "faster":
        ratio = 1 / ratio
        interval = (1 / interval[1], 1 / interval[0]) if interval and min(interval) > 0 else None
    factor = _times(ratio, interval, spread=entry.processes != 2)
    return f"{short(entry.label)} is {factor} {entry.verdict} than {short(base)}"


def _times(ratio: float, interval: tuple[float, float] | None, spread: bool = True) -> str:
    value, _, ends = with_interval(ratio, interval, spread).partition(" ")
    return f"{value}× {ends}" if ends else f"{value}×"


def missing_words(run: Run, states_named: Sequence[str] = MISSING) -> str:
    """Which runners the other sentences leave out, and why."""
    states = [state_of(run, record) for record in run.runners]
    wanted = [*states_named]
    if "judged" in states:  # otherwise the first sentence says that none was
        wanted.append("not judged")
    clauses = []
    for state in wanted:
        pairs = zip(run.runners, states, strict=True)
        labels = [short(record.label) for record, found in pairs if found == state]
        if labels:
            were = "was" if len(labels) == 1 else "were"
            words = f"{were} {state}" if state.startswith("not") else state
            clauses.append(f"{joined_some(labels)} {words}")
    return f"Not compared: {'; '.join(clauses)}." if clauses else ""
